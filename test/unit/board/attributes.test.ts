import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event';
import { AttributeStore } from '../../../src/board/attributes';
import { Observations } from '../../../src/board/observations';
import type { CoapReply } from '../../../src/coap/endpoint';
import { FakeClock, settle } from '../support/fake-clock';
import { defaultPeer } from '../support/fake-endpoint';

describe('Attributes on the virtual board', () => {
  let clock: FakeClock;
  let attributes: AttributeStore;
  let value: number;
  let told: number[];
  let observations: Observations;
  let ended: Emitter<void>;

  beforeEach(() => {
    clock = new FakeClock();
    attributes = new AttributeStore();
    value = 0;
    told = [];
    ended = new Emitter();
    observations = new Observations(() => ({ code: '2.05', payload: Uint8Array.of(value) }), false, {
      clock,
      attributesOf: (path) => attributes.effective(path),
      numberAt: () => value,
    });
  });

  const observe = (...query: readonly string[]): void => {
    if (query.length > 0) assert.ok(attributes.write('/4/0/2', query));
    const notify = ({ payload }: CoapReply): void => void told.push(payload?.[0] ?? -1);
    observations.add('/4/0/2', undefined, { notify, onDidEnd: ended.event }, defaultPeer);
  };
  const become = async (...values: readonly number[]): Promise<void> => {
    for (value of values) {
      observations.changed(['/4/0/2']);
      await settle(1);
    }
  };

  it('tell of every change where there are none', async () => {
    observe();
    await become(1, 2, 1);
    assert.deepEqual(told, [1, 2, 1]);
    assert.equal(clock.pending, 0);
  });

  it('hold back by pmin, and then tell the newest', async () => {
    observe('pmin=10');
    await become(1, 2);
    await clock.advance(9_999);
    assert.deepEqual(told, []);
    await clock.advance(1);
    assert.deepEqual(told, [2]);
    await clock.advance(10_000);
    await become(3);
    assert.deepEqual(told, [2, 3]);
  });

  it('tell by pmax without a change, and not where it is not above pmin', async () => {
    observe('pmax=60');
    await clock.advance(60_000);
    await become(1);
    await clock.advance(59_999);
    assert.deepEqual(told, [0, 1]);
    await clock.advance(1);
    assert.deepEqual(told, [0, 1, 1]);
    attributes.write('/4/0/2', ['pmin=60']);
    observations.attributesChanged('/4');
    await clock.advance(600_000);
    assert.deepEqual(told, [0, 1, 1]);
  });

  it('tell when gt or lt is crossed, either way', async () => {
    observe('gt=20', 'lt=10');
    await become(5, 15, 18, 25, 30, 15, 12, 3);
    assert.deepEqual(told, [15, 25, 15, 3]);
  });

  it('tell of steps of st from what was told', async () => {
    observe('st=5');
    await become(3, 4, 5, 9, 10, 7, 4);
    assert.deepEqual(told, [5, 10, 4]);
  });

  it('come from the object and the instance, where the resource has none of its own', () => {
    attributes.write('/4', ['pmin=1', 'pmax=10']);
    attributes.write('/4/0', ['pmin=2']);
    attributes.write('/4/0/2', ['st=5']);
    assert.deepEqual(attributes.effective('/4/0/2'), { pmin: 2, pmax: 10, st: 5 });
    assert.deepEqual(attributes.effective('/4/1/2'), { pmin: 1, pmax: 10 });
  });

  it('are refused where a step does not fit between the thresholds', () => {
    assert.equal(attributes.write('/4/0/2', ['lt=10', 'gt=20', 'st=5']), false);
    assert.equal(attributes.write('/4/0/2', ['lt=10', 'gt=20', 'st=4']), true);
    assert.equal(attributes.write('/4/0/2', ['lt=20']), false);
    assert.equal(attributes.write('/4/0/2', ['lt']), true);
    assert.deepEqual([...attributes.at('/4/0/2').keys()], ['gt', 'st']);
  });

  it('leave no timer behind', async () => {
    observe('pmax=60');
    observe('pmax=60');
    assert.equal(clock.pending, 1);
    ended.fire();
    assert.equal(clock.pending, 0);
    observe('pmax=60');
    observations.dispose();
    assert.equal(clock.pending, 0);
  });
});
