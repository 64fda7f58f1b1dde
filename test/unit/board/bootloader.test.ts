import assert from 'node:assert/strict';
import { type Boot, boot, examine, type Examination, factoryImage } from '../../../src/board/bootloader';
import { Slots } from '../../../src/board/slots';
import { createPatch } from '../../../src/image/delta/create-patch';
import { createEnvelope, createPackage } from '../../../src/manifest/suit-encode';
import { symmetricKey } from '../../../src/manifest/symmetric-key';
import type { Signer } from '../../../src/manifest/types';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';
import { content, newSigner, refused, rfc8032Signer } from '../manifest/support';
import { imageOf, packageOf, policy } from './packages';

/** An update in which the board takes sequence numbers from that one on. */
const from = (minimumSequence: number): Examination => ({ minimumSequence, slot: 'A' });

describe('examine', () => {
  it('takes a good package and tells what the image says of itself', async () => {
    assert.deepEqual(examine(await packageOf({ sequence: 7, version: '9.9.9' }), policy, from(0)), {
      version: '2.0.0',
      banner: 'hello from 2.0.0',
      sequence: 7,
      payload: Uint8Array.from(imageOf('2.0.0')),
      patched: false,
    });
  });

  it('goes by the manifest’s version where the image tells none, and by the digest where neither does', async () => {
    const payload = Uint8Array.of(1, 2, 3);
    // SHA-256 of 01 02 03.
    const digest = '039058c6f2c0';
    assert.equal(examine(await packageOf({ payload, version: '1.2.3' }), policy, from(0)).version, '1.2.3');
    const { vendorId, classId, componentId } = content;
    const untold = { payload, sequence: 1, vendorId, classId, componentId };
    const image = examine(await createEnvelope(untold, rfc8032Signer), policy, from(0));
    assert.deepEqual([image.version, image.banner], [digest, `image ${digest}, 3 bytes`]);
  });

  it('starts its own image of a package with several, and tells of the others', async () => {
    const { sequence, description: _, ...app } = content;
    const radio = { ...app, componentId: ['radio'], payload: new Uint8Array(50).fill(1), version: '3.1.0' };
    const bytes = await createPackage(
      { sequence, components: [{ ...app, payload: imageOf('2.0.0') }, radio] },
      { signers: [{ signer: rfc8032Signer }] },
    );
    const image = examine(bytes, policy, from(0));
    assert.equal(image.version, '2.0.0');
    // SHA-256 of fifty bytes 01.
    assert.deepEqual(image.further, ['radio 3.1.0: 50 bytes, SHA-256 9df8bff0a706']);
  });

  it('takes packages by a secret that it shares with the desk', async () => {
    const { sequence, description: _, ...app } = content;
    const macKey = symmetricKey(new Uint8Array(32).fill(1), 'mac');
    const contentKey = symmetricKey(new Uint8Array(16).fill(2), 'content');
    const bytes = await createPackage(
      { sequence, components: [{ ...app, payload: imageOf('2.0.0') }] },
      { macKeys: [macKey], encryptionKey: contentKey },
    );
    const symmetric = { ...policy, trustAnchors: [], macKeys: [macKey], decryptionKeys: [contentKey] };
    assert.equal(examine(bytes, symmetric, from(0)).version, '2.0.0');
    refused(() => examine(bytes, policy, from(0)), 'suit.untrusted-key');
    refused(() => examine(bytes, { ...symmetric, decryptionKeys: [] }, from(0)), 'suit.no-decryption-key');
  });

  it('takes the same sequence number again, and none below', async () => {
    const bytes = await packageOf({ sequence: 7 });
    assert.equal(examine(bytes, policy, from(7)).sequence, 7);
    assert.deepEqual(
      refused(() => examine(bytes, policy, from(8)), 'suit.sequence-too-low'),
      { sequence: 7, minimum: 8 },
    );
  });

  it('takes the factory image though it is not signed, but no other image', () => {
    assert.deepEqual(examine(factoryImage, policy, from(5)), {
      version: '1.0.0',
      banner: 'Slipway virtual board, factory firmware',
      sequence: 0,
      payload: factoryImage,
      patched: false,
    });
    refused(() => examine(imageOf('1.0.0'), policy, from(0)), 'suit.unsigned');
    refused(() => examine(Uint8Array.from([...factoryImage, 0]), policy, from(0)), 'suit.unsigned');
    refused(() => examine(new Uint8Array(0), policy, from(0)), 'suit.unsigned');
  });

  it('refuses packages for others, of others, and changed ones', async () => {
    const otherVendor = vendorIdOf('example.org');
    const cases = [
      ['suit.untrusted-key', await packageOf({}, newSigner('Ed25519'))],
      ['suit.vendor-mismatch', await packageOf({ vendorId: otherVendor })],
      ['suit.class-mismatch', await packageOf({ classId: classIdOf(content.vendorId, 'other') })],
      ['suit.digest-mismatch', flipped(await packageOf(), 'hello from')],
      ['suit.malformed', (await packageOf()).subarray(0, -1)],
    ] as const;
    for (const [code, bytes] of cases) refused(() => examine(bytes, policy, from(0)), code);
  });

  it('refuses a signature of a key that only looks like the trusted one', async () => {
    const forger = newSigner('Ed25519');
    const forged: Signer = {
      ...forger,
      keyId: rfc8032Signer.keyId,
      sign: (data) => forger.sign(data),
    };
    const bytes = await packageOf({}, forged);
    refused(() => examine(bytes, policy, from(0)), 'suit.bad-signature');
  });
});

describe('The bootloader', () => {
  let slots: Slots;
  let good: Uint8Array;
  let bad: Uint8Array;
  beforeEach(async () => {
    slots = new Slots(4096);
    await slots.open(factoryImage);
    good = await packageOf();
    bad = await packageOf({}, newSigner('Ed25519'));
  });

  /** Puts `next` where the next boot tries it. */
  async function install(next: Uint8Array): Promise<void> {
    await slots.writeInactive({ bytes: next });
    await slots.markPending();
  }

  function shown({ image, outcome, reason }: Boot): readonly unknown[] {
    return [image.version, outcome, reason?.code, slots.active, slots.pending];
  }

  it('starts what the factory left', async () => {
    assert.deepEqual(shown(await boot(slots, policy, true)), ['1.0.0', 'unchanged', undefined, 'A', false]);
  });

  it('does not look at a slot that is not to be tried', async () => {
    await slots.writeInactive({ bytes: good });
    assert.deepEqual(shown(await boot(slots, policy, true)), ['1.0.0', 'unchanged', undefined, 'A', false]);
  });

  it('tries a new image, and stays with it once it confirmed itself', async () => {
    await install(good);
    assert.deepEqual(shown(await boot(slots, policy, true)), ['2.0.0', 'updated', undefined, 'B', false]);
    assert.deepEqual(shown(await boot(slots, policy, true)), ['2.0.0', 'unchanged', undefined, 'B', false]);
  });

  it('rolls back an image that does not confirm itself, and does not try it again', async () => {
    await install(good);
    assert.deepEqual(shown(await boot(slots, policy, false)), [
      '1.0.0',
      'rolled-back',
      undefined,
      'A',
      false,
    ]);
    assert.deepEqual(shown(await boot(slots, policy, true)), ['1.0.0', 'unchanged', undefined, 'A', false]);
  });

  it('never starts an image that is no good, and says why', async () => {
    await install(bad);
    const expected = ['1.0.0', 'rolled-back', 'suit.untrusted-key', 'A', false];
    assert.deepEqual(shown(await boot(slots, policy, true)), expected);
  });

  it('rolls back when the slot to be tried is empty', async () => {
    await slots.markPending();
    const expected = ['1.0.0', 'rolled-back', 'suit.unsigned', 'A', false];
    assert.deepEqual(shown(await boot(slots, policy, true)), expected);
  });

  it('goes back to the other slot when the active one is spoilt', async () => {
    slots = new Slots(4096);
    await slots.open(bad);
    await slots.writeInactive({ bytes: good });
    const expected = ['2.0.0', 'recovered', 'suit.untrusted-key', 'B', false];
    assert.deepEqual(shown(await boot(slots, policy, true)), expected);
  });

  it('goes back to the factory image when no slot is any good', async () => {
    slots = new Slots(4096);
    await slots.open(bad);
    await slots.writeInactive({ bytes: Uint8Array.of(1, 2, 3) });
    const expected = ['1.0.0', 'recovered', 'suit.untrusted-key', 'B', false];
    assert.deepEqual(shown(await boot(slots, policy, true)), expected);
    assert.deepEqual(slots.read('B'), { bytes: factoryImage });
    assert.deepEqual(shown(await boot(slots, policy, true)), ['1.0.0', 'unchanged', undefined, 'B', false]);
  });

  it('starts the image that was made of a patch, and no other in its place', async () => {
    const [base, payload] = [imageOf('2.0.0'), imageOf('3.0.0')];
    const { sequence, description: _, ...app } = content;
    const patch = { base, bytes: createPatch(base, payload) };
    const signers = [{ signer: rfc8032Signer }];
    const bytes = await createPackage({ sequence, components: [{ ...app, payload }], patch }, { signers });
    const judged = { ...from(0), running: base };
    const { version, patched, payload: image } = examine(bytes, policy, judged);
    assert.deepEqual([version, patched, Buffer.from(image)], ['3.0.0', true, Buffer.from(payload)]);
    for (const [content_, expected] of [
      [{ bytes, image: base }, 'rolled-back'],
      [{ bytes }, 'rolled-back'],
      [{ bytes, image }, 'updated'],
    ] as const) {
      await slots.writeInactive(content_);
      await slots.markPending();
      assert.equal((await boot(slots, policy, true)).outcome, expected);
    }
    assert.equal((await boot(slots, policy, true)).image.version, '3.0.0');
  });

  it('keeps a sequence number from going back across boots', async () => {
    await install(await packageOf({ sequence: 9 }));
    const { image } = await boot(slots, policy, true);
    assert.equal(image.sequence, 9);
    refused(() => examine(good, policy, from(image.sequence)), 'suit.sequence-too-low');
  });
});

/** `bytes` with one bit changed in the first occurrence of `text`. */
function flipped(bytes: Uint8Array, text: string): Uint8Array {
  const changed = Buffer.from(bytes);
  const at = changed.indexOf(text);
  assert.ok(at > 0);
  changed[at]! ^= 1;
  return changed;
}
