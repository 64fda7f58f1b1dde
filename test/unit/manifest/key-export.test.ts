import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { isSampleKey } from '../../../src/image/mcuboot/sample-keys';
import { exportPublicKey } from '../../../src/manifest/key-export';
import { refused } from './support';

/** MCUboot's root-ed25519, the public half. */
const pem = createPublicKey({
  key: Buffer.from(
    '302a300506032b6570032100d4b31ba49a3add3f825d10ca7f31b50b0de87f37ccc49f1a403a5c1320ffb4e0',
    'hex',
  ),
  format: 'der',
  type: 'spki',
})
  .export({ type: 'spki', format: 'pem' })
  .toString();

describe('exporting a public key', () => {
  it('writes the array that imgtool 2.5 writes, but for its comment', () => {
    assert.equal(
      exportPublicKey(pem, 'c', 'k'),
      `const unsigned char ed25519_pub_key[] = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65,
    0x70, 0x03, 0x21, 0x00, 0xd4, 0xb3, 0x1b, 0xa4,
    0x9a, 0x3a, 0xdd, 0x3f, 0x82, 0x5d, 0x10, 0xca,
    0x7f, 0x31, 0xb5, 0x0b, 0x0d, 0xe8, 0x7f, 0x37,
    0xcc, 0xc4, 0x9f, 0x1a, 0x40, 0x3a, 0x5c, 0x13,
    0x20, 0xff, 0xb4, 0xe0,
};
const unsigned int ed25519_pub_key_len = 44;
`,
    );
  });

  it('names and fills the arrays as MCUboot wants them for each type', () => {
    const keys = [
      [generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'ecdsa', 91, 'spki'],
      [generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'ecdsap384', 120, 'spki'],
      [generateKeyPairSync('rsa', { modulusLength: 2048 }), 'rsa', 270, 'pkcs1'],
    ] as const;
    for (const [{ publicKey }, name, length, type] of keys) {
      const text = exportPublicKey(publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'c', 'k');
      assert.match(text, new RegExp(`^const unsigned char ${name}_pub_key\\[\\] = \\{\n`));
      assert.match(text, new RegExp(`\nconst unsigned int ${name}_pub_key_len = ${length};\n$`));
      const bytes = Buffer.from([...text.matchAll(/0x(..),/g)].map(([, hex]) => hex).join(''), 'hex');
      assert.deepEqual(bytes, publicKey.export({ type: type as 'spki', format: 'der' }));
    }
  });

  it('says the KEYHASH, by which sample keys are known', () => {
    const hash = exportPublicKey(pem, 'keyhash', 'k').trim();
    assert.match(hash, /^c1907fa4/);
    assert.ok(isSampleKey(pem));
  });

  it('gives PEM as it is, and JWK', () => {
    assert.equal(exportPublicKey(pem, 'pem', 'k'), pem);
    const jwk = JSON.parse(exportPublicKey(pem, 'jwk', 'k')) as object;
    assert.deepEqual(Object.keys(jwk).sort(), ['crv', 'kty', 'x']);
  });

  it('has no array of what images are only encrypted for', () => {
    const { publicKey } = generateKeyPairSync('x25519');
    const x25519 = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    assert.deepEqual(
      refused(() => exportPublicKey(x25519, 'c', 'board'), 'key.not-exportable'),
      { key: 'board', format: 'c' },
    );
    assert.match(exportPublicKey(x25519, 'jwk', 'board'), /X25519/);
  });
});
