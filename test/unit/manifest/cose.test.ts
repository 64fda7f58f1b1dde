import { strict as assert } from 'node:assert';
import { generateKeyPairSync } from 'node:crypto';
import { fromHex, toHex } from '../../../src/base/hex';
import {
  type CborValue,
  CborTag,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { sigStructure, signCose, verifyCose } from '../../../src/manifest/cose';
import { createSigner } from '../../../src/manifest/signer';
import type { Signer, TrustAnchor } from '../../../src/manifest/types';
import { newSigner, refused, rfc8032Signer } from './support';

const payload = fromHex('822f5820' + 'ab'.repeat(32));
const p256 = newSigner('ESP256');
const p384 = newSigner('ESP384');
const ed25519 = newSigner('Ed25519');
const algorithms = { ESP256: 'a10128', ESP384: 'a1013832', Ed25519: 'a10132' };

/** A COSE_Sign1 put together by hand. */
async function block(
  signer: Signer,
  protectedMap: [CborValue, CborValue][],
  unprotected: [CborValue, CborValue][] = [],
  change: (parts: CborValue[]) => void = () => undefined,
): Promise<Uint8Array> {
  const header = protectedMap.length === 0 ? new Uint8Array() : encodeCanonical(new Map(protectedMap));
  const parts: CborValue[] = [
    header,
    new Map(unprotected),
    null,
    await signer.sign(sigStructure(header, payload)),
  ];
  change(parts);
  return encodeCanonical(new CborTag(18, parts));
}

describe('COSE_Sign1', () => {
  it('signs the Sig_structure of RFC 9052 §4.4', () => {
    assert.equal(
      toHex(sigStructure(fromHex('a10128'), fromHex('010203'))),
      '84' + '6a5369676e617475726531' + '43a10128' + '40' + '43010203',
    );
    assert.equal(
      toHex(sigStructure(new Uint8Array(), new Uint8Array())),
      '846a5369676e61747572653140' + '4040',
    );
  });

  it('has the bytes of RFC 9052 §4.2 around a detached payload', async () => {
    const bytes = toHex(await signCose(payload, rfc8032Signer));
    const kid = rfc8032Signer.keyId;
    assert.ok(bytes.startsWith(`d28443a10132a1045820${kid}f65840`), bytes);
    assert.equal(bytes.length / 2, 1 + 1 + 4 + 4 + 32 + 1 + 2 + 64);
  });

  for (const signer of [p256, p384, ed25519]) {
    it(`verifies its own ${signer.algorithm}`, async () => {
      const bytes = await signCose(payload, signer);
      const others = [newSigner('ESP256'), newSigner('Ed25519')];
      assert.equal(verifyCose(bytes, payload, { trustAnchors: [...others, signer] }), signer);
    });

    it(`writes the fully specified algorithm of RFC 9864 for ${signer.algorithm}`, async () => {
      const tagged = decodeCanonical(await signCose(payload, signer), 'test') as CborTag;
      const [header] = tagged.value as CborValue[];
      assert.equal(toHex(header as Uint8Array), algorithms[signer.algorithm]);
    });
  }

  it('reads the deprecated ES256, ES384 and EdDSA as well, in either header or without a kid', async () => {
    for (const [signer, alg] of [
      [p256, -7],
      [p384, -35],
      [ed25519, -8],
    ] as const) {
      const kid = fromHex(signer.keyId);
      const anchors = [newSigner(signer.algorithm), signer];
      assert.equal(verifyCose(await block(signer, [[1, alg]]), payload, { trustAnchors: anchors }), signer);
      assert.equal(
        verifyCose(await block(signer, [[1, alg]], [[4, kid]]), payload, { trustAnchors: anchors }),
        signer,
      );
      const both: [CborValue, CborValue][] = [
        [1, alg],
        [4, kid],
      ];
      assert.equal(verifyCose(await block(signer, both), payload, { trustAnchors: anchors }), signer);
    }
  });

  it('refuses a changed payload as a bad signature and names the key', async () => {
    const bytes = await signCose(payload, p256);
    const changed = Uint8Array.from(payload);
    changed[5]! ^= 1;
    assert.deepEqual(
      refused(() => verifyCose(bytes, changed, { trustAnchors: [p256] }), 'suit.bad-signature'),
      { keyId: p256.keyId },
    );
  });

  it('refuses a bad signature without a kid, having tried every key', async () => {
    const bytes = await block(newSigner('ESP256'), [[1, -9]]);
    assert.deepEqual(
      refused(() => verifyCose(bytes, payload, { trustAnchors: [p256, ed25519] }), 'suit.bad-signature'),
      {},
    );
  });

  it('refuses signatures of other lengths: cut, prolonged, DER', async () => {
    for (const size of [0, 63, 65, 72]) {
      const bytes = await block(p256, [[1, -9]], [], (parts) => {
        parts[3] = new Uint8Array(size).fill(1);
      });
      refused(() => verifyCose(bytes, payload, { trustAnchors: [p256] }), 'suit.bad-signature');
    }
  });

  it('refuses a key it does not trust, and names it', async () => {
    const bytes = await signCose(payload, p256);
    for (const anchors of [[], [ed25519, newSigner('ESP256')]]) {
      assert.deepEqual(
        refused(() => verifyCose(bytes, payload, { trustAnchors: anchors }), 'suit.untrusted-key'),
        { keyId: p256.keyId },
      );
    }
  });

  it('refuses an algorithm that does not fit the key', async () => {
    const bytes = await block(ed25519, [[1, -9]], [[4, fromHex(ed25519.keyId)]]);
    assert.deepEqual(
      refused(() => verifyCose(bytes, payload, { trustAnchors: [ed25519] }), 'suit.algorithm-mismatch'),
      { algorithm: 'ESP256', keyType: 'Ed25519' },
    );
    const other = await block(p256, [[1, -19]]);
    assert.deepEqual(
      refused(() => verifyCose(other, payload, { trustAnchors: [p256] }), 'suit.algorithm-mismatch'),
      { algorithm: 'Ed25519', keyType: 'EC P-256' },
    );
  });

  it('goes by the key itself, not by the algorithm an anchor claims', async () => {
    const lying: TrustAnchor = { ...ed25519, algorithm: 'ESP256' };
    const bytes = await block(ed25519, [[1, -9]]);
    refused(() => verifyCose(bytes, payload, { trustAnchors: [lying] }), 'suit.algorithm-mismatch');
  });

  it('refuses algorithms it does not know, missing and unprotected ones included', async () => {
    const cases: [[CborValue, CborValue][], string][] = [
      [[[1, -36]], '-36'],
      [[[1, 'ES256']], 'ES256'],
      [[], 'none'],
    ];
    for (const [header, algorithm] of cases) {
      const bytes = await block(p256, header);
      assert.deepEqual(
        refused(() => verifyCose(bytes, payload, { trustAnchors: [p256] }), 'suit.unknown-algorithm'),
        { algorithm },
      );
    }
    refused(
      () => verifyCose(encodeCanonical(new CborTag(98, [])), payload, { trustAnchors: [p256] }),
      'suit.unknown-algorithm',
    );
  });

  it('refuses unprotected parameters that nobody signed', async () => {
    const bytes = await block(p256, [], [[1, -9]]);
    refused(() => verifyCose(bytes, payload, { trustAnchors: [p256] }), 'suit.malformed');
  });

  it('refuses a label in both headers and critical parameters', async () => {
    const kid = fromHex(p256.keyId);
    const twice: [CborValue, CborValue][] = [
      [1, -9],
      [4, kid],
    ];
    const inBoth = await block(p256, twice, [[4, kid]]);
    refused(() => verifyCose(inBoth, payload, { trustAnchors: [p256] }), 'suit.malformed');
    const critical: [CborValue, CborValue][] = [
      [1, -9],
      [2, [99]],
      [99, 1],
    ];
    const withCrit = await block(p256, critical);
    refused(() => verifyCose(withCrit, payload, { trustAnchors: [p256] }), 'suit.malformed');
  });

  it('refuses what is not a COSE_Sign1 over a detached payload', async () => {
    const changes: ((parts: CborValue[]) => void)[] = [
      (parts) => (parts[2] = payload),
      (parts) => parts.pop(),
      (parts) => (parts[0] = new Map()),
      (parts) => (parts[1] = []),
      (parts) => (parts[3] = 'text'),
    ];
    for (const change of changes) {
      const bytes = await block(p256, [[1, -9]], [], change);
      refused(() => verifyCose(bytes, payload, { trustAnchors: [p256] }), 'suit.malformed');
    }
    refused(() => verifyCose(encodeCanonical([]), payload, { trustAnchors: [p256] }), 'suit.malformed');
  });

  it('refuses a protected header that is not canonical', async () => {
    const bytes = await block(p256, [[1, -9]], [], (parts) => {
      parts[0] = fromHex('a1180128');
    });
    refused(() => verifyCose(bytes, payload, { trustAnchors: [p256] }), 'suit.not-canonical');
  });

  it('refuses to sign with other curves and kinds of key, by name', () => {
    const cases = [
      [generateKeyPairSync('ec', { namedCurve: 'secp521r1' }).privateKey, 'EC secp521r1'],
      [generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey, 'RSA 1024'],
      [generateKeyPairSync('x25519').privateKey, 'x25519'],
    ] as const;
    for (const [key, kind] of cases) {
      assert.deepEqual(
        refused(() => createSigner(key, 'mine'), 'key.unsupported'),
        { key: 'mine', kind },
      );
    }
  });
});
