import { strict as assert } from 'node:assert';
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type ErrorCode, SlipwayError } from '../../../src/base/errors';
import { fromHex } from '../../../src/base/hex';
import type { KeyType } from '../../../src/base/key-signer';
import {
  type CborValue,
  CborTag,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { signCose } from '../../../src/manifest/cose';
import { signWith } from '../../../src/manifest/key-signing';
import { keyIdOf } from '../../../src/manifest/public-key';
import { createSigner } from '../../../src/manifest/signer';
import type { StoredSigner } from '../../../src/manifest/stored-key';
import { sha256OfWrapped, suitDigest } from '../../../src/manifest/suit-digest';
import type { EnvelopeContent, Signer } from '../../../src/manifest/types';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';

/** RFC 8032 §7.1, test 1: a published key, so that signatures are the same in every run. */
export const rfc8032Signer: Signer = createSigner(
  createPrivateKey({
    key: Buffer.concat([
      fromHex('302e020100300506032b657004220420'),
      fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'),
    ]),
    format: 'der',
    type: 'pkcs8',
  }),
  'RFC 8032',
);

export function newSigner(algorithm: Signer['algorithm']): Signer {
  const { privateKey } =
    algorithm === 'Ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: algorithm === 'ESP384' ? 'P-384' : 'P-256' });
  return createSigner(privateKey, 'test');
}

/** A key of any type, as the folder of keys gives it. */
export function newStoredSigner(keyType: KeyType): StoredSigner {
  const { privateKey, publicKey } = newPair(keyType);
  return {
    name: 'test',
    keyType,
    keyId: keyIdOf(publicKey),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (message) => signWith(privateKey, keyType, message),
  };
}

export function newPair(type: KeyType): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  if (type === 'Ed25519') return generateKeyPairSync('ed25519');
  return type === 'P-256' || type === 'P-384'
    ? generateKeyPairSync('ec', { namedCurve: type })
    : generateKeyPairSync('rsa', { modulusLength: type === 'RSA-2048' ? 2048 : 3072 });
}

const vendorId = vendorIdOf('example.com');

export const content: EnvelopeContent = {
  payload: Uint8Array.from({ length: 40 }, (_, index) => index),
  sequence: 7,
  vendorId,
  classId: classIdOf(vendorId, 'demo'),
  componentId: ['app'],
  version: '1.2.3',
  vendorDomain: 'example.com',
  modelName: 'demo',
  description: 'Blinks faster',
};

/** Asserts that `action` throws that error; returns its details. */
export function refused<C extends ErrorCode>(action: () => unknown, code: C): SlipwayError<C>['details'] {
  try {
    action();
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    assert.equal(error.code, code, error.message);
    return (error as SlipwayError<C>).details;
  }
  assert.fail(`not refused with ${code}`);
}

/** An envelope opened up to be changed; every level decoded. */
export interface Parts {
  readonly envelope: Map<CborValue, CborValue>;
  readonly manifest: Map<CborValue, CborValue>;
  readonly common: Map<CborValue, CborValue>;
  shared: CborValue[];
  install: CborValue[] | undefined;
  validate: CborValue[] | undefined;
}

/** Changes an envelope by `edit` and signs it again with `signer`: what a signing tool with a fault would make. */
export async function rewrite(
  bytes: Uint8Array,
  signer: Signer,
  edit: (parts: Parts) => void,
): Promise<Uint8Array> {
  const envelope = new Map((decodeCanonical(bytes, 'test') as CborTag).value as Map<CborValue, CborValue>);
  const manifest = decode(envelope.get(3)) as Map<CborValue, CborValue>;
  const common = decode(manifest.get(3)) as Map<CborValue, CborValue>;
  const parts: Parts = {
    envelope,
    manifest,
    common,
    shared: decode(common.get(4)) as CborValue[],
    install: decode(manifest.get(20)) as CborValue[],
    validate: decode(manifest.get(7)) as CborValue[],
  };
  const encodedBefore = [20, 7].map((key) => manifest.get(key));
  edit(parts);
  common.set(4, encodeCanonical(parts.shared));
  if (manifest.get(3) instanceof Uint8Array) manifest.set(3, encodeCanonical(common));
  [parts.install, parts.validate].forEach((sequence, index) => {
    const key = [20, 7][index]!;
    if (!sequence) manifest.delete(key);
    else if (manifest.get(key) === encodedBefore[index]) manifest.set(key, encodeCanonical(sequence));
  });
  const encoded = encodeCanonical(manifest);
  const digest = encodeCanonical(suitDigest(sha256OfWrapped(encoded)));
  envelope.set(3, encoded);
  envelope.set(2, encodeCanonical([digest, await signCose(digest, signer)]));
  return encodeCanonical(new CborTag(107, envelope));
}

function decode(value: CborValue | undefined): CborValue {
  return decodeCanonical(value as Uint8Array, 'test');
}

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
