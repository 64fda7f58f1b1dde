import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { fromHex, toHex } from '../../src/base/hex';
import { type CborValue, CborTag, decodeCanonical, encodeCanonical } from '../../src/manifest/canonical-cbor';
import { decryptPayload, encryptPayload } from '../../src/manifest/cose-encrypt';
import { createSigner } from '../../src/manifest/signer';
import { createPackage } from '../../src/manifest/suit-encode';
import { parseEnvelope } from '../../src/manifest/suit-parse';
import { verifyEnvelope } from '../../src/manifest/suit-verify';
import { symmetricKey } from '../../src/manifest/symmetric-key';
import type { ComponentContent, SignatureAlgorithm, VerifyPolicy } from '../../src/manifest/types';
import { classIdOf, vendorIdOf } from '../../src/manifest/uuid';
import { comparesWith } from './support/compares-with';
import { needs } from './support/needs';
import { python, pythonVersion } from './support/python';

/** Keys as pycose and cryptography take them: the parts of a JWK in hexadecimal. */
const prelude = `
import sys, json, hashlib, cbor2
from pycose.messages import Sign1Message, Mac0Message, Enc0Message
from pycose.keys import EC2Key, OKPKey, SymmetricKey
from pycose.keys.curves import P256, P384, Ed25519
from pycose.headers import Algorithm, KID, IV
from pycose.algorithms import Es256, Es384, EdDSA, HMAC256, A128GCM
args = [bytes.fromhex(a) for a in sys.argv[2:]]
# What cbor2 6 finds in a tag can't be changed, and pycose takes lists and dictionaries alone.
def message(kind, bytes):
    protected, unprotected, *rest = cbor2.loads(bytes).value
    return kind.from_cose_obj([protected, dict(unprotected), *rest], True)
def detach(bytes):
    tag = cbor2.loads(bytes)
    protected, unprotected, payload, *rest = tag.value
    return cbor2.dumps(cbor2.CBORTag(tag.tag, [protected, unprotected, None, *rest])), payload
def key(jwk):
    part = lambda name: bytes.fromhex(jwk[name]) if name in jwk else b''
    if jwk['kty'] == 'OKP':
        return OKPKey(crv=Ed25519, x=part('x'), d=part('d'))
    return EC2Key(crv={'P-256': P256, 'P-384': P384}[jwk['crv']], x=part('x'), y=part('y'), d=part('d'))
`;

/** Verifies a block. pycose knows the algorithms by their older names alone, which draft-09 is written with. */
const verifySign1 = `${prelude}
block, digest = args
msg = message(Sign1Message, block)
if msg.payload is None: msg.payload = digest
msg.key = key(json.loads(sys.argv[1]))
print(msg.verify_signature())
`;

/** The same without pycose: the Sig_structure by hand, the signature by the cryptography package. */
const verifyByHand = `${prelude}
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
block, digest = args
protected, unprotected, payload, signature = cbor2.loads(block).value
assert payload is None
signed = cbor2.dumps(['Signature1', protected, b'', digest])
jwk = json.loads(sys.argv[1])
number = lambda name: int.from_bytes(bytes.fromhex(jwk[name]), 'big')
if jwk['kty'] == 'OKP':
    ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(jwk['x'])).verify(signature, signed)
else:
    curve, hashing = {'P-256': (ec.SECP256R1(), hashes.SHA256()), 'P-384': (ec.SECP384R1(), hashes.SHA384())}[jwk['crv']]
    half = len(signature) // 2
    der = utils.encode_dss_signature(int.from_bytes(signature[:half], 'big'), int.from_bytes(signature[half:], 'big'))
    ec.EllipticCurvePublicNumbers(number('x'), number('y'), curve).public_key().verify(der, signed, ec.ECDSA(hashing))
print(cbor2.loads(protected)[1])
`;

const makeSign1 = `${prelude}
digest, kid = args
jwk = json.loads(sys.argv[1])
alg = EdDSA if jwk['kty'] == 'OKP' else {'P-256': Es256, 'P-384': Es384}[jwk['crv']]
msg = Sign1Message(phdr={Algorithm: alg}, uhdr={KID: kid}, payload=digest)
msg.key = key(jwk)
print(detach(msg.encode())[0].hex())
`;

const makeMac0 = `${prelude}
digest, kid, secret = args
msg = Mac0Message(phdr={Algorithm: HMAC256}, uhdr={KID: kid}, payload=digest)
msg.key = SymmetricKey(k=secret)
print(detach(msg.encode())[0].hex())
`;

const verifyMac0 = `${prelude}
block, digest, secret = args
msg = message(Mac0Message, block)
msg.payload = digest
msg.key = SymmetricKey(k=secret)
print(msg.verify_tag())
`;

const decrypt = `${prelude}
info, ciphertext, secret = args
msg = message(Enc0Message, info)
msg.payload = ciphertext
msg.key = SymmetricKey(k=secret)
print(msg.decrypt().hex())
`;

const encrypt = `${prelude}
plain, iv, kid, secret = args
msg = Enc0Message(phdr={Algorithm: A128GCM}, uhdr={KID: kid, IV: iv}, payload=plain)
msg.key = SymmetricKey(k=secret)
info, ciphertext = detach(msg.encode())
print(info.hex(), ciphertext.hex())
`;

/** Decodes an envelope and what is wrapped in it, encodes each again, and checks the digest of the manifest. */
const encodeAgain = `${prelude}
def ordered(item):
    if isinstance(item, dict):
        return {key: ordered(item[key]) for key in sorted(item, key=cbor2.dumps)}
    if isinstance(item, (list, tuple)):
        return [ordered(element) for element in item]
    if isinstance(item, cbor2.CBORTag):
        return cbor2.CBORTag(item.tag, ordered(item.value))
    return item
def again(bytes):
    item = cbor2.loads(bytes)
    assert cbor2.dumps(ordered(item)) == bytes
    return item
envelope = again(args[0]).value
manifest = again(envelope[3])
common = again(manifest[3])
again(common[4])
for member in (7, 9, 20): again(manifest[member])
algorithm, digest = again(again(envelope[2])[0])
assert algorithm == -16 and hashlib.sha256(cbor2.dumps(envelope[3])).digest() == digest
text_algorithm, text_digest = manifest[23]
assert hashlib.sha256(cbor2.dumps(envelope[23])).digest() == text_digest
print(manifest[2], len(common[2]), sorted(key for key in envelope if isinstance(key, str)))
`;

const vendorId = vendorIdOf('example.com');
const app: ComponentContent = {
  payload: Uint8Array.from({ length: 300 }, (_, index) => index & 0xff),
  vendorId,
  classId: classIdOf(vendorId, 'demo'),
  componentId: ['app'],
  version: '1.2.3',
  vendorDomain: 'example.com',
  modelName: 'demo',
};
const one = { sequence: 7, components: [app] };
const secret = new Uint8Array(32).fill(0x5a);
const macKey = symmetricKey(secret, 'mac');
const contentSecret = new Uint8Array(16).fill(0x3c);
const contentKey = symmetricKey(contentSecret, 'content');

const curves: Readonly<Record<SignatureAlgorithm, string | undefined>> = {
  ESP256: 'P-256',
  ESP384: 'P-384',
  Ed25519: undefined,
};

function newKey(algorithm: SignatureAlgorithm): KeyObject {
  const namedCurve = curves[algorithm];
  return namedCurve === undefined
    ? generateKeyPairSync('ed25519').privateKey
    : generateKeyPairSync('ec', { namedCurve }).privateKey;
}

function jwkOf(privateKey: KeyObject): string {
  const { kty, crv, ...rest } = privateKey.export({ format: 'jwk' });
  const parts = Object.entries(rest).map(([name, value]) => [
    name,
    Buffer.from(value as string, 'base64url').toString('hex'),
  ]);
  return JSON.stringify({ kty, crv, ...(Object.fromEntries(parts) as object) });
}

/** The envelope with another authentication block. */
function withBlock(bytes: Uint8Array, block: Uint8Array): Uint8Array {
  const map = new Map((decodeCanonical(bytes, 'test') as CborTag).value as Map<CborValue, CborValue>);
  map.set(2, encodeCanonical([parseEnvelope(bytes).digest, block]));
  return encodeCanonical(new CborTag(107, map));
}

const run = (program: string, jwk: string, ...args: readonly Uint8Array[]): Promise<string> =>
  python(program, jwk, ...args.map(toHex)).then((text) => text.trim());

describe('COSE and pycose', function () {
  needs('python');
  comparesWith('pycose', () => pythonVersion('pycose'));
  this.timeout(60_000);

  for (const algorithm of ['ESP256', 'ESP384', 'Ed25519'] as const) {
    it(`agree on COSE_Sign1 with ${algorithm}, both ways`, async () => {
      const privateKey = newKey(algorithm);
      const signer = createSigner(
        createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })),
        'peer',
      );
      const jwk = jwkOf(privateKey);
      const old = parseEnvelope(await createPackage(one, { signers: [{ signer }], dialect: 'draft-09' }));
      assert.equal(await run(verifySign1, jwk, old.authenticationBlocks[0]!, old.digest), 'True');

      const bytes = await createPackage(one, { signers: [{ signer }] });
      const { digest, authenticationBlocks } = parseEnvelope(bytes);
      const ids = { ESP256: '-9', ESP384: '-51', Ed25519: '-19' };
      assert.equal(await run(verifyByHand, jwk, authenticationBlocks[0]!, digest), ids[algorithm]);

      const theirs = await run(makeSign1, jwk, digest, fromHex(signer.keyId));
      const policy: VerifyPolicy = { trustAnchors: [signer] };
      assert.equal(verifyEnvelope(withBlock(bytes, fromHex(theirs)), policy).keyId, signer.keyId);
    });
  }

  it('agree on COSE_Mac0, both ways', async () => {
    const bytes = await createPackage(one, { macKeys: [macKey] });
    const { digest, authenticationBlocks } = parseEnvelope(bytes);
    assert.equal(await run(verifyMac0, '', authenticationBlocks[0]!, digest, secret), 'True');
    assert.equal(await run(verifyMac0, '', authenticationBlocks[0]!, digest, new Uint8Array(32)), 'False');
    const theirs = fromHex(await run(makeMac0, '', digest, fromHex(macKey.keyId), secret));
    assert.deepEqual(theirs, authenticationBlocks[0]);
    const policy = { trustAnchors: [], macKeys: [macKey] };
    assert.equal(verifyEnvelope(withBlock(bytes, theirs), policy).algorithm, 'HMAC256');
  });

  it('agree on COSE_Encrypt0, both ways', async () => {
    const { info, ciphertext } = encryptPayload(app.payload, contentKey);
    assert.equal(await run(decrypt, '', info, ciphertext, contentSecret), toHex(app.payload));
    const iv = Uint8Array.from({ length: 12 }, (_, index) => index);
    const theirs = await run(encrypt, '', app.payload, iv, fromHex(contentKey.keyId), contentSecret);
    const [theirInfo, theirCiphertext] = theirs.split(' ').map(fromHex);
    const ours = encryptPayload(app.payload, contentKey, iv);
    assert.deepEqual(theirCiphertext, ours.ciphertext);
    assert.deepEqual(decryptPayload(theirCiphertext, theirInfo!, [contentKey]), app.payload);
  });
});

describe('SUIT envelopes and cbor2', function () {
  needs('python');
  comparesWith('cbor2', () => pythonVersion('cbor2'));
  this.timeout(60_000);

  it('agree on every byte of a package of two components, and on its digests', async () => {
    const signer = createSigner(newKey('Ed25519'), 'peer');
    const radio = { ...app, componentId: ['radio'], payload: new Uint8Array(70).fill(9) };
    const bytes = await createPackage(
      { sequence: 2 ** 33, components: [app, radio] },
      { signers: [{ signer }] },
    );
    assert.equal(await run(encodeAgain, '', bytes), "8589934592 2 ['#1-radio', '#firmware']");
  });
});
