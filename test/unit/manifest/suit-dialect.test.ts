import { strict as assert } from 'node:assert';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex } from '../../../src/base/hex';
import {
  type CborTag,
  type CborValue,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { signCose } from '../../../src/manifest/cose';
import { sha256OfWrapped, suitDigest } from '../../../src/manifest/suit-digest';
import { createPackage } from '../../../src/manifest/suit-encode';
import { isSuitEnvelope, peekEnvelope } from '../../../src/manifest/suit-peek';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { symmetricKey } from '../../../src/manifest/symmetric-key';
import type { PackageOptions, VerifyPolicy } from '../../../src/manifest/types';
import { content, newSigner, refused, rfc8032Signer as signer } from './support';

const { sequence, description, ...app } = content;
const radio = { ...app, componentId: ['radio'], payload: new Uint8Array(50).fill(1) };
const macKey = symmetricKey(new Uint8Array(32), 'mac');
const policy: VerifyPolicy = { trustAnchors: [signer], vendorId: app.vendorId, classId: app.classId };
const old: PackageOptions = { signers: [{ signer }], dialect: 'draft-09', severable: true };

type Members = Map<CborValue, CborValue>;

/** Changes the manifest of an envelope in draft-09 and signs it again. */
async function rewritten(
  bytes: Uint8Array,
  edit: (manifest: Members, envelope: Members) => void,
): Promise<Uint8Array> {
  const envelope = new Map(decodeCanonical(bytes, 'test') as Members);
  const manifest = new Map(decodeCanonical(envelope.get(3) as Uint8Array, 'test') as Members);
  edit(manifest, envelope);
  const encoded = encodeCanonical(manifest);
  const digest = encodeCanonical(suitDigest(sha256OfWrapped(encoded), 'draft-09'));
  envelope.set(3, encoded);
  envelope.set(2, encodeCanonical([await signCose(digest, signer, { asInDraft09: true })]));
  return encodeCanonical(envelope);
}

describe('the dialect of draft-09', () => {
  let bytes: Uint8Array;
  before(async () => {
    bytes = await createPackage({ sequence, description: description!, components: [app, radio] }, old);
  });

  it('has no tag, the old keys and digests, and the digest inside each block', () => {
    const envelope = decodeCanonical(bytes, 'test') as Members;
    // Install and text stand apart under their old keys.
    assert.deepEqual([...envelope.keys()], [2, 3, 9, 13, '#1-radio', '#firmware']);
    const manifest = decodeCanonical(envelope.get(3) as Uint8Array, 'test') as Members;
    assert.deepEqual([...manifest.keys()], [1, 2, 3, 9, 10, 12, 13]);
    assert.equal((manifest.get(9) as CborValue[])[0], 2);
    const blocks = decodeCanonical(envelope.get(2) as Uint8Array, 'test') as Uint8Array[];
    assert.equal(blocks.length, 1);
    const block = decodeCanonical(blocks[0]!, 'test') as CborTag;
    assert.deepEqual((block.value as CborValue[])[0], fromHex('a10127'));
    assert.deepEqual(
      (decodeCanonical((block.value as CborValue[])[2] as Uint8Array, 'test') as CborValue[])[0],
      2,
    );
  });

  it('is recognised, named and read like the current one', () => {
    assert.equal(isSuitEnvelope(bytes), true);
    const verified = verifyEnvelope(bytes, policy);
    assert.equal(verified.dialect, 'draft-09');
    assert.deepEqual(
      verified.components.map(({ payload }) => payload),
      [app.payload, radio.payload],
    );
    assert.equal(verified.description, description);
    assert.equal(peekEnvelope(bytes).dialect, 'draft-09');
  });

  it('is signed by every kind of key', async () => {
    for (const other of [newSigner('ESP256'), newSigner('ESP384')]) {
      const made = await createPackage(
        { sequence, components: [app] },
        { ...old, signers: [{ signer: other }] },
      );
      assert.equal(verifyEnvelope(made, { trustAnchors: [other] }).keyId, other.keyId);
    }
    const mac = await createPackage(
      { sequence, components: [app] },
      { dialect: 'draft-09', macKeys: [macKey] },
    );
    assert.equal(verifyEnvelope(mac, { trustAnchors: [], macKeys: [macKey] }).dialect, 'draft-09');
  });

  it('is refused after a change of any single byte', function () {
    this.timeout(60_000);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      assert.throws(() => verifyEnvelope(changed, policy), SlipwayError, `byte ${at}`);
    }
  });

  it('may set parameters that are not set yet, as its tools do', async () => {
    const install = encodeCanonical([
      ...[
        12,
        1,
        19,
        new Map<CborValue, CborValue>([
          [14, 1],
          [21, '#1-radio'],
        ]),
        21,
        2,
        3,
        15,
      ],
      ...[12, 0, 19, new Map([[21, '#firmware']]), 21, 2, 3, 15],
    ]);
    const made = await rewritten(bytes, (manifest, envelope) => {
      manifest.set(9, install);
      envelope.delete(9);
    });
    // Not the size of 1, since the shared sequence had set one.
    assert.equal(verifyEnvelope(made, policy).components.length, 2);
  });

  it('is refused where it means something else by a number', async () => {
    const withInstall = (...commands: CborValue[]): Promise<Uint8Array> =>
      rewritten(bytes, (manifest, envelope) => {
        manifest.set(9, encodeCanonical(commands));
        envelope.delete(9);
      });
    for (const code of [5, 30, 31, 32]) {
      const made = await withInstall(code, 15);
      refused(() => verifyEnvelope(made, policy), 'suit.unsupported');
    }
    for (const parameter of [5, 19]) {
      const made = await withInstall(20, new Map([[parameter, 1]]));
      refused(() => verifyEnvelope(made, policy), 'suit.unsupported');
    }
    const foreign = await rewritten(bytes, (manifest) => manifest.set(7, fromHex('82030f')));
    refused(() => verifyEnvelope(foreign, policy), 'suit.unsupported');
  });

  it('has no encryption', () =>
    assert.rejects(createPackage({ sequence, components: [app] }, { ...old, encryptionKey: macKey }), {
      code: 'suit.malformed',
    }));
});

describe('telling dialects apart', () => {
  it('takes only draft-09 without a tag', async () => {
    const current = await createPackage({ sequence, components: [app] }, { signers: [{ signer }] });
    refused(() => verifyEnvelope(current.subarray(2), policy), 'suit.malformed');
  });

  it('doesn’t take a severed member of the other dialect for one of its own', async () => {
    const current = await createPackage({ sequence, components: [app] }, { signers: [{ signer }] });
    const envelope = new Map((decodeCanonical(current, 'test') as CborTag).value as Members);
    for (const key of [8, 9, 13]) {
      const made = encodeCanonical(envelopeWith(envelope, key));
      const tagged = Uint8Array.of(0xd8, 0x6b, ...made);
      assert.deepEqual(
        refused(() => verifyEnvelope(tagged, policy), 'suit.unsupported'),
        { what: `envelope member ${key}` },
      );
    }
  });

  it('doesn’t take a binary for an untagged envelope', () => {
    for (const hex of ['a2', 'a202', 'a20243010203', 'a2024301020304', 'a20243810203aa', 'a40258208158']) {
      assert.equal(isSuitEnvelope(fromHex(hex)), false, hex);
    }
  });
});

function envelopeWith(envelope: Members, key: number): Members {
  return new Map([...envelope, [key, fromHex('820a0f')]]);
}
