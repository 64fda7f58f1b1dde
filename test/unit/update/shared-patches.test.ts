import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { sharedPatches } from '../../../src/update/shared-patches';
import { settle } from '../support/fake-clock';

const bytes = (value: number): Uint8Array => Uint8Array.of(value);

describe('patches for several boards', () => {
  let asked: { readonly signal: AbortSignal; readonly resolve: (patch: Uint8Array) => void }[];
  let make: ReturnType<typeof sharedPatches>;
  beforeEach(() => {
    asked = [];
    make = sharedPatches((_base, _target, signal) => {
      return new Promise((resolve, reject) => {
        asked.push({ signal, resolve });
        signal.addEventListener('abort', () => reject(new SlipwayError('cancelled', {})));
      });
    });
  });
  const never = new AbortController().signal;

  it('are made once for the same pair of images, also for who comes later', async () => {
    const both = [make(bytes(1), bytes(2), never), make(bytes(1), bytes(2), never)];
    const other = make(bytes(3), bytes(2), never);
    assert.equal(asked.length, 2);
    asked[0]!.resolve(bytes(9));
    asked[1]!.resolve(bytes(8));
    assert.deepEqual(await Promise.all([...both, other]), [bytes(9), bytes(9), bytes(8)]);
    assert.deepEqual(await make(bytes(1), bytes(2), never), bytes(9));
    assert.equal(asked.length, 2);
  });

  it('go on for the others when one gives up, and end when all have', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const one = assert.rejects(make(bytes(1), bytes(2), first.signal), { code: 'cancelled' });
    const two = make(bytes(1), bytes(2), second.signal);
    first.abort();
    await one;
    assert.equal(asked[0]!.signal.aborted, false);
    second.abort();
    await assert.rejects(two, { code: 'cancelled' });
    assert.equal(asked[0]!.signal.aborted, true);
    await settle();
    const again = make(bytes(1), bytes(2), never);
    assert.equal(asked.length, 2);
    asked[1]!.resolve(bytes(7));
    assert.deepEqual(await again, bytes(7));
    await assert.rejects(make(bytes(1), bytes(2), first.signal), { code: 'cancelled' });
  });
});
