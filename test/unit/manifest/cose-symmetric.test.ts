import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import {
  type CborValue,
  CborTag,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { decryptPayload, encryptPayload, encStructure } from '../../../src/manifest/cose-encrypt';
import { macCose, macStructure } from '../../../src/manifest/cose-mac';
import { verifyBlock } from '../../../src/manifest/suit-authenticate';
import { createPackage } from '../../../src/manifest/suit-encode';
import { peekEnvelope } from '../../../src/manifest/suit-peek';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { symmetricKey, symmetricKeyFromText } from '../../../src/manifest/symmetric-key';
import type { PackageContent, SymmetricKey } from '../../../src/manifest/types';
import { content, newSigner, refused, rfc8032Signer } from './support';

const { sequence, description: _, ...component } = content;
const one: PackageContent = { sequence, components: [component] };
const macKey = symmetricKey(new Uint8Array(32).fill(7), 'mac');
const contentKey = symmetricKey(fromHex('000102030405060708090a0b0c0d0e0f'), 'content');
const payload = fromHex('822f5820' + 'ab'.repeat(32));
const verify = (block: Uint8Array, keys: readonly SymmetricKey[], attached = false) =>
  verifyBlock(block, { digest: payload, attached }, { trustAnchors: [rfc8032Signer], macKeys: keys });

describe('COSE_Mac0', () => {
  it('authenticates the MAC_structure of RFC 9052 §6.3', () => {
    assert.equal(
      toHex(macStructure(fromHex('a10105'), fromHex('01'))),
      '84' + '644d414330' + '43a10105' + '40' + '4101',
    );
    const tag = createHmac('sha256', new Uint8Array(32).fill(7))
      .update(fromHex(`84644d41433043a10105405824${toHex(payload)}`))
      .digest('hex');
    assert.equal(toHex(macCose(payload, macKey)), `d18443a10105a10448${macKey.keyId}f65820${tag}`);
  });

  it('is verified by the key that its kid names, or by any without one', () => {
    const other = symmetricKey(new Uint8Array(32).fill(8), 'other');
    const block = macCose(payload, macKey);
    assert.deepEqual(verify(block, [other, macKey]), { keyId: macKey.keyId, algorithm: 'HMAC256' });
    refused(() => verify(block, [other]), 'suit.untrusted-key');
    refused(() => verify(block, []), 'suit.untrusted-key');
    const anonymous = encodeCanonical(
      new CborTag(17, [fromHex('a10105'), new Map(), null, (decode(block).value as CborValue[])[3]!]),
    );
    assert.equal(verify(anonymous, [other, macKey]).keyId, macKey.keyId);
    refused(() => verify(anonymous, [other]), 'suit.bad-signature');
  });

  it('is refused with another algorithm, a cut tag, or a payload of its own', () => {
    const changed = (change: (parts: CborValue[]) => void): Uint8Array => {
      const parts = [...(decode(macCose(payload, macKey)).value as CborValue[])];
      change(parts);
      return encodeCanonical(new CborTag(17, parts));
    };
    refused(
      () =>
        verify(
          changed((parts) => (parts[0] = fromHex('a10104'))),
          [macKey],
        ),
      'suit.unknown-algorithm',
    );
    refused(
      () =>
        verify(
          changed((parts) => (parts[3] = fromHex('00'))),
          [macKey],
        ),
      'suit.bad-signature',
    );
    refused(
      () =>
        verify(
          changed((parts) => (parts[2] = payload)),
          [macKey],
        ),
      'suit.malformed',
    );
    refused(() => verify(macCose(payload, macKey), [macKey], true), 'suit.malformed');
  });

  it('can’t be passed off with a public key as the secret', () => {
    const secret = Buffer.from(rfc8032Signer.publicKeyPem).subarray(0, 64);
    refused(() => verify(macCose(payload, symmetricKey(secret, 'public')), []), 'suit.untrusted-key');
  });

  it('signs a package that boards without asymmetric keys verify', async () => {
    const bytes = await createPackage(one, { macKeys: [macKey] });
    const verified = verifyEnvelope(bytes, { trustAnchors: [], macKeys: [macKey] });
    assert.deepEqual([verified.keyId, verified.algorithm], [macKey.keyId, 'HMAC256']);
    refused(() => verifyEnvelope(bytes, { trustAnchors: [rfc8032Signer] }), 'suit.untrusted-key');
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= flip;
        const attempt = (): unknown => verifyEnvelope(changed, { trustAnchors: [], macKeys: [macKey] });
        assert.throws(attempt, SlipwayError, `byte ${at} ^ ${flip}`);
      }
    }
  });

  it('stands beside signatures; each is found by who trusts it', async () => {
    const p384 = newSigner('ESP384');
    const signers = [{ signer: rfc8032Signer }, { signer: p384 }];
    const bytes = await createPackage(one, { signers, macKeys: [macKey] });
    const all = verifyEnvelope(bytes, { trustAnchors: [p384, rfc8032Signer], macKeys: [macKey] });
    assert.deepEqual(
      all.authentications.map(({ algorithm }) => algorithm),
      ['Ed25519', 'ESP384', 'HMAC256'],
    );
    assert.equal(verifyEnvelope(bytes, { trustAnchors: [p384] }).keyId, p384.keyId);
    assert.equal(verifyEnvelope(bytes, { trustAnchors: [], macKeys: [macKey] }).algorithm, 'HMAC256');
  });
});

describe('COSE_Encrypt0', () => {
  const plain = Buffer.from('This is the content.');

  it('has the bytes of RFC 9052 §5.3 and §5.2', () => {
    assert.equal(toHex(encStructure(fromHex('a10101'))), '83' + '68456e637279707430' + '43a10101' + '40');
    const { info } = encryptPayload(plain, contentKey, fromHex('000102030405060708090a0b'));
    assert.equal(toHex(info), `d08343a10101a20448${contentKey.keyId}054c000102030405060708090a0bf6`);
  });

  for (const size of [16, 32]) {
    it(`gives back what a key of ${size} bytes encrypted, under a new IV each time`, () => {
      const key = symmetricKey(new Uint8Array(size).fill(3), 'key');
      const [first, second] = [encryptPayload(plain, key), encryptPayload(plain, key)];
      assert.notDeepEqual(first.ciphertext, second.ciphertext);
      assert.equal(first.ciphertext.length, plain.length + 16);
      assert.deepEqual(Buffer.from(decryptPayload(first.ciphertext, first.info, [key])), plain);
    });
  }

  it('is refused without its key, with another of that name, of another size, or changed', () => {
    const { ciphertext, info } = encryptPayload(plain, contentKey);
    const kid = fromHex(contentKey.keyId);
    assert.deepEqual(
      refused(() => decryptPayload(ciphertext, info, [macKey]), 'suit.no-decryption-key'),
      { keyId: contentKey.keyId },
    );
    const namesake = symmetricKey(new Uint8Array(16), 'namesake', kid);
    refused(() => decryptPayload(ciphertext, info, [namesake]), 'suit.decryption-failed');
    const longer = symmetricKey(new Uint8Array(32), 'longer', kid);
    refused(() => decryptPayload(ciphertext, info, [longer]), 'suit.algorithm-mismatch');
    for (const bytes of [ciphertext.subarray(1), new Uint8Array(3), ciphertext.map((byte) => byte ^ 1)]) {
      refused(() => decryptPayload(bytes, info, [contentKey]), 'suit.decryption-failed');
    }
  });

  it('is refused in forms that need more than a key', () => {
    const message = (tag: number, ...parts: CborValue[]): Uint8Array =>
      encodeCanonical(new CborTag(tag, parts));
    const iv = new Map<CborValue, CborValue>([[5, new Uint8Array(12)]]);
    const open = (info: Uint8Array) => () => decryptPayload(plain, info, [contentKey]);
    refused(open(message(96, fromHex('a10101'), iv, null, [])), 'suit.unknown-algorithm');
    refused(open(message(16, fromHex('a10118'), iv, null)), 'suit.malformed');
    refused(open(message(16, fromHex('a1010a'), iv, null)), 'suit.unknown-algorithm');
    refused(open(message(16, fromHex('a10101'), new Map(), null)), 'suit.malformed');
    refused(open(message(16, fromHex('a10101'), iv, plain)), 'suit.malformed');
  });

  it('encrypts only with keys of the right size', () => {
    const key = symmetricKey(new Uint8Array(24), 'middle');
    refused(() => encryptPayload(plain, key), 'key.unsupported');
  });

  it('hides every payload of a package, and its digest is of the plain one', async () => {
    const radio = { ...component, payload: new Uint8Array(64).fill(0x41), componentId: ['radio'] };
    const bytes = await createPackage(
      { sequence, components: [component, radio] },
      { macKeys: [macKey], encryptionKey: contentKey },
    );
    assert.equal(Buffer.from(bytes).includes(Buffer.from(radio.payload)), false);
    assert.equal(peekEnvelope(bytes).encrypted, true);
    const policy = { trustAnchors: [], macKeys: [macKey] };
    const verified = verifyEnvelope(bytes, { ...policy, decryptionKeys: [contentKey] });
    assert.deepEqual(Buffer.from(verified.components[1]!.payload), Buffer.from(radio.payload));
    assert.ok(verified.components.every(({ encrypted }) => encrypted));
    refused(() => verifyEnvelope(bytes, policy), 'suit.no-decryption-key');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      const attempt = (): unknown => verifyEnvelope(changed, { ...policy, decryptionKeys: [contentKey] });
      assert.throws(attempt, SlipwayError, `byte ${at}`);
    }
  });
});

describe('symmetric keys', () => {
  it('are read from hex and JWK, and named', () => {
    const hex = '00112233445566778899AABBCCDDEEFF';
    const fromHexText = symmetricKeyFromText(` ${hex}\n`, 'k');
    assert.equal(fromHexText.secret.export().toString('hex'), hex.toLowerCase());
    const k = Buffer.from(hex, 'hex').toString('base64url');
    assert.equal(symmetricKeyFromText(JSON.stringify({ kty: 'oct', k }), 'k').keyId, fromHexText.keyId);
    assert.equal(symmetricKeyFromText(JSON.stringify({ kty: 'oct', k, kid: 'desk' }), 'k').keyId, '6465736b');
  });

  it('are refused in other forms and sizes, without quoting them', () => {
    for (const text of ['', 'no hex', 'abc', '{', '{"kty":"EC"}', '{"kty":"oct"}']) {
      refused(() => symmetricKeyFromText(text, 'k'), 'key.unreadable');
    }
    for (const size of [15, 65]) {
      assert.deepEqual(
        refused(() => symmetricKeyFromText('ab'.repeat(size), 'k'), 'key.unsupported'),
        { key: 'k', kind: `symmetric, ${size} bytes` },
      );
    }
    const text = '{"kty":"oct","k":"c2VjcmV0c2VjcmV0';
    try {
      symmetricKeyFromText(text, 'k');
      assert.fail();
    } catch (error) {
      assert.ok(!inspect(error, { depth: 9 }).includes('c2VjcmV0'));
    }
  });

  it('don’t show their secret when they are logged', () => {
    const key = symmetricKey(Buffer.from('a secret of 16 b'), 'k');
    assert.ok(!inspect(key, { depth: 9, showHidden: true }).includes('secret of'));
    assert.ok(!JSON.stringify(key).includes('secret of'));
  });
});

function decode(bytes: Uint8Array): CborTag {
  return decodeCanonical(bytes, 'test') as CborTag;
}
