import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorCode, SlipwayError } from '../../../src/base/errors';
import type { KeyType } from '../../../src/base/key-signer';
import { importPrivateKey, importPublicKey, isEncryptedKey } from '../../../src/manifest/key-import';
import { keyIdOf, keyTypeOf } from '../../../src/manifest/public-key';
import { openScryptPkcs8 } from '../../../src/manifest/scrypt-pkcs8';
import { certificate } from './certificates';
import { newPair, refused, seeded } from './support';

const passphrase = 'correct horse';
const cipher = 'aes-256-cbc';

const pairs: Readonly<Record<KeyType, ReturnType<typeof newPair>>> = {
  Ed25519: newPair('Ed25519'),
  'P-256': newPair('P-256'),
  'P-384': newPair('P-384'),
  'RSA-2048': newPair('RSA-2048'),
  'RSA-3072': newPair('RSA-3072'),
};

const bytesOf = (exported: string | Buffer | object): Uint8Array =>
  Buffer.isBuffer(exported)
    ? exported
    : Buffer.from(typeof exported === 'string' ? exported : JSON.stringify(exported));

/** Every form in which a private key of that type comes without a passphrase. */
function openForms(type: KeyType, key: KeyObject): [string, Uint8Array][] {
  const older = type.startsWith('RSA') ? 'pkcs1' : type === 'Ed25519' ? undefined : 'sec1';
  return [
    ['PKCS#8 PEM', bytesOf(key.export({ type: 'pkcs8', format: 'pem' }))],
    ['PKCS#8 DER', bytesOf(key.export({ type: 'pkcs8', format: 'der' }))],
    ['JWK', bytesOf(key.export({ format: 'jwk' }))],
    ...(older
      ? ([
          [`${older} PEM`, bytesOf(key.export({ type: older, format: 'pem' }))],
          [`${older} DER`, bytesOf(key.export({ type: older, format: 'der' }))],
        ] as [string, Uint8Array][])
      : []),
  ];
}

function encryptedForms(type: KeyType, key: KeyObject): [string, Uint8Array][] {
  const older = type.startsWith('RSA') ? 'pkcs1' : type === 'Ed25519' ? undefined : 'sec1';
  return [
    ['PKCS#8 PEM', bytesOf(key.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }))],
    ['PKCS#8 DER', bytesOf(key.export({ type: 'pkcs8', format: 'der', cipher, passphrase }))],
    ...(older
      ? ([[`${older} PEM`, bytesOf(key.export({ type: older, format: 'pem', cipher, passphrase }))]] as [
          string,
          Uint8Array,
        ][])
      : []),
  ];
}

function details<C extends ErrorCode>(
  bytes: Uint8Array,
  code: C,
  secret?: string,
): SlipwayError<C>['details'] {
  return refused(() => importPrivateKey(bytes, 'k', secret), code);
}

describe('importing a private key', () => {
  for (const [type, { privateKey, publicKey }] of Object.entries(pairs) as [
    KeyType,
    (typeof pairs)[KeyType],
  ][]) {
    for (const [form, bytes] of openForms(type, privateKey)) {
      it(`recognises ${type} in ${form}`, () => {
        assert.equal(isEncryptedKey(bytes), false);
        const key = importPrivateKey(bytes, 'k');
        assert.equal(keyTypeOf(key), type);
        assert.ok(key.equals(privateKey));
      });
    }
    for (const [form, bytes] of encryptedForms(type, privateKey)) {
      it(`opens ${type} in encrypted ${form} with its passphrase alone`, () => {
        assert.equal(isEncryptedKey(bytes), true);
        assert.ok(importPrivateKey(bytes, 'k', passphrase).equals(privateKey));
        assert.deepEqual(details(bytes, 'key.passphrase-needed'), { key: 'k' });
        assert.deepEqual(details(bytes, 'key.wrong-passphrase', 'wrong'), { key: 'k' });
      });
    }
    it(`refuses the public half of ${type}, and takes it as what it is`, () => {
      const forms = [
        publicKey.export({ type: 'spki', format: 'pem' }),
        publicKey.export({ type: 'spki', format: 'der' }),
        publicKey.export({ format: 'jwk' }),
        ...(type.startsWith('RSA')
          ? [
              publicKey.export({ type: 'pkcs1', format: 'pem' }),
              publicKey.export({ type: 'pkcs1', format: 'der' }),
            ]
          : []),
      ].map(bytesOf);
      for (const bytes of forms) {
        assert.deepEqual(details(bytes, 'key.import-public'), { file: 'k' });
        assert.equal(keyIdOf(importPublicKey(bytes, 'k')), keyIdOf(publicKey));
      }
    });
  }

  it('takes the key of a file that holds its certificate and parameters too', () => {
    const authority = certificate({ subject: 'Desk' });
    const key = authority.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const file = Buffer.from(`Bag Attributes\n${authority.pem}${parameters}${key}`);
    assert.ok(importPrivateKey(file, 'k').equals(authority.privateKey));
  });

  it('names the curve or size that is not supported', () => {
    // BoringSSL makes none of two of them.
    const made = (make: () => { privateKey: KeyObject }, kind: string): [KeyObject, string][] => {
      const isLacking = /UNKNOWN_GROUP|UNSUPPORTED_ALGORITHM/;
      try {
        return [[make().privateKey, kind]];
      } catch (error) {
        if (!isLacking.test(String(error))) throw error;
        return [];
      }
    };
    const rsa = { modulusLength: 1024 };
    const cases = [
      ...made(() => generateKeyPairSync('ec', { namedCurve: 'P-521' }), 'EC secp521r1'),
      ...made(() => generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), 'EC secp256k1'),
      ...made(() => generateKeyPairSync('rsa', rsa), 'RSA 1024'),
      ...made(() => generateKeyPairSync('rsa', { ...rsa, publicExponent: 3 }), 'RSA 1024 with exponent 3'),
      ...made(() => generateKeyPairSync('ed448'), 'ed448'),
      ...made(() => generateKeyPairSync('x25519'), 'x25519'),
    ];
    assert.ok(cases.length >= 4);
    for (const [key, kind] of cases) {
      const bytes = bytesOf(key.export({ type: 'pkcs8', format: 'der' }));
      assert.deepEqual(details(bytes, 'key.unsupported'), { key: 'k', kind });
    }
    const jwk = bytesOf({ kty: 'EC', crv: 'P-999', x: 'AA', y: 'AA', d: 'AA' });
    assert.deepEqual(details(jwk, 'key.unsupported'), { key: 'k', kind: 'EC P-999' });
  });

  it('says what a file holds that is no private key', () => {
    const { pem, der } = certificate({ subject: 'Desk' });
    for (const bytes of [Buffer.from(pem), der]) {
      assert.deepEqual(details(bytes, 'key.import-certificate'), { file: 'k' });
    }
    details(bytesOf({ kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAA' }), 'key.import-secret');
    const openSsh = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----';
    assert.deepEqual(details(Buffer.from(openSsh), 'key.unsupported'), {
      key: 'k',
      kind: 'OPENSSH private key',
    });
    // PFX: version 3 and a content.
    const pfx = Buffer.from('30070201033002 0500'.replace(' ', ''), 'hex');
    assert.deepEqual(details(pfx, 'key.unsupported'), { key: 'k', kind: 'PKCS#12' });
    // PBES1 (pbeWithMD5AndDES-CBC).
    const pbes1 = Buffer.from('3012300d06092a864886f70d01050330000401 00'.replace(' ', ''), 'hex');
    assert.match(details(pbes1, 'key.unsupported', 'x').kind, /older than PBES2/);
    for (const noKey of ['', 'hello', '{}', '{"kty":1}', '{', '-----BEGIN ', '\x7fELF', '\x30\x03\x02\x01']) {
      assert.deepEqual(details(Buffer.from(noKey, 'latin1'), 'key.not-a-key'), { file: 'k' });
    }
  });

  it('says of a damaged key that it is one, and quotes nothing of it', () => {
    const { d, ...jwk } = pairs['P-256'].privateKey.export({ format: 'jwk' });
    const cut = bytesOf({ ...jwk, d: d?.slice(3) });
    refused(() => importPrivateKey(bytesOf({ ...jwk, d: 7 }), 'k'), 'key.import-unreadable');
    for (const bytes of [
      cut,
      Buffer.from('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'),
    ]) {
      try {
        importPrivateKey(bytes, 'k');
      } catch (error) {
        const { code, message, cause } = error as SlipwayError;
        assert.equal(code, 'key.import-unreadable');
        assert.equal(cause, undefined);
        assert.ok(!message.includes(String(d?.slice(3))));
      }
    }
  });

  it('takes no private key for a public one', () => {
    for (const [type, { privateKey }] of Object.entries(pairs)) {
      for (const [, bytes] of openForms(type as KeyType, privateKey)) {
        assert.deepEqual(
          refused(() => importPublicKey(bytes, 'k'), 'key.import-private'),
          { file: 'k' },
        );
      }
    }
  });

  it('takes the public key of a board that decrypts with X25519', () => {
    const { publicKey } = generateKeyPairSync('x25519');
    const bytes = bytesOf(publicKey.export({ type: 'spki', format: 'pem' }));
    assert.equal(importPublicKey(bytes, 'k').asymmetricKeyType, 'x25519');
  });

  it('ends with an error of ours, whatever is in the file (seed 20261125)', () => {
    const random = seeded(20_261_125);
    const forms = Object.entries(pairs).flatMap(([type, { privateKey }]) =>
      [...openForms(type as KeyType, privateKey), ...encryptedForms(type as KeyType, privateKey)].map(
        ([, bytes]) => bytes,
      ),
    );
    for (let round = 0; round < 300; round++) {
      const bytes = Uint8Array.from(forms[Math.floor(random() * forms.length)]!);
      const at = Math.floor(random() * Math.min(bytes.length, 120));
      bytes[at] = Math.floor(random() * 256);
      try {
        importPrivateKey(random() < 0.3 ? bytes.subarray(0, at) : bytes, 'k', passphrase);
      } catch (error) {
        assert.equal((error as Error).name, 'SlipwayError', `round ${round}: ${String(error)}`);
      }
    }
  });

  it('opens scrypt’s PKCS#8 by itself, and tells a wrong passphrase and one that wants too much', () => {
    // openssl genpkey -algorithm ed25519 | openssl pkcs8 -topk8 -scrypt -passout pass:x
    const base64 = [
      'MIGTME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAjp6LVTi9IHCgICQAACAQgCAQEwHQYJYIZIAWUDBAEqBBB9bl3H',
      'MHxVL6cPLcPkyRgbBEBgfl6Szb+KldAfTWdKezUaH2+3QKQbWVBTECrURXU+RbdWANAA4P2Are/ASPB7mwQUZg1OKj+iSGnT',
      'm6GKhyDX',
    ];
    const der = Buffer.from(base64.join(''), 'base64');
    const opened = openScryptPkcs8(der, 'x');
    assert.equal(opened?.asymmetricKeyType, 'ed25519');
    const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${base64.join('\n')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
    for (const bytes of [der, bytesOf(pem)]) {
      assert.ok(importPrivateKey(bytes, 'k', 'x').equals(opened));
      assert.deepEqual(details(bytes, 'key.wrong-passphrase', 'y'), { key: 'k' });
    }
    // r of 255 in place of 8: half a gigabyte.
    const greedy = Buffer.from(der);
    greedy[der.indexOf(Buffer.from('020108020101', 'hex')) + 2] = 0xff;
    assert.deepEqual(details(greedy, 'key.wrong-passphrase', 'x'), { key: 'k' });
    const other = generateKeyPairSync('ed25519').privateKey;
    const sealed = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
    assert.equal(openScryptPkcs8(other.export(sealed), 'x'), undefined);
  });

  it('reads what openssl writes', function () {
    if (spawnSync('openssl', ['version']).status !== 0) this.skip();
    const folder = mkdtempSync(join(tmpdir(), 'slipway-openssl-'));
    const openssl = (...args: string[]): void => {
      const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    try {
      openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'with-parameters.pem');
      openssl('ec', '-in', 'with-parameters.pem', '-outform', 'DER', '-out', 'sec1.der');
      openssl('ec', '-in', 'with-parameters.pem', '-aes128', '-passout', 'pass:x', '-out', 'old.pem');
      openssl('pkcs8', '-topk8', '-in', 'sec1.der', '-inform', 'DER', '-passout', 'pass:x', '-out', 'p8.pem');
      openssl('pkcs8', '-topk8', '-scrypt', '-in', 'old.pem', '-passin', 'pass:x', '-passout', 'pass:x',
        '-outform', 'DER', '-out', 'scrypt.der'); // prettier-ignore
      openssl(
        'pkey',
        '-in',
        'p8.pem',
        '-passin',
        'pass:x',
        '-pubout',
        '-outform',
        'DER',
        '-out',
        'public.der',
      );
      const ids = ['with-parameters.pem', 'sec1.der', 'old.pem', 'p8.pem', 'scrypt.der'].map((file) =>
        keyIdOf(importPublicKey(publicOf(importPrivateKey(read(file), file, 'x')), file)),
      );
      assert.equal(new Set([...ids, keyIdOf(importPublicKey(read('public.der'), 'p'))]).size, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }

    function read(file: string): Uint8Array {
      return readFileSync(join(folder, file));
    }
  });
});

function publicOf(privateKey: KeyObject): Uint8Array {
  const { d: _, ...jwk } = privateKey.export({ format: 'jwk' });
  return bytesOf(jwk);
}
