import { verify } from 'node:crypto';
import { type ErrorCode, SlipwayError } from '../base/errors';
import { fromHex, toHex } from '../base/hex';
import { type CborValue, CborTag, decodeCanonical, encodeCanonical } from './canonical-cbor';
import { asArray, asBytes, asMap, malformed } from './cbor-shape';
import { algorithmOf, keyKind, publicKeyFromPem } from './public-key';
import type { SignatureAlgorithm, Signer, TrustAnchor } from './types';

/** RFC 9052 §2, table 1. */
const coseSign1Tag = 18;

/** RFC 9052 §3.1, table 3. */
const header = { alg: 1, crit: 2, kid: 4 } as const;

/** Written: the fully specified algorithms of RFC 9864 §2. */
const writtenAlgorithm: Readonly<Record<SignatureAlgorithm, number>> = { ESP256: -9, Ed25519: -19 };

/** Read as well: ES256 (RFC 9053 §2.1) and EdDSA (§2.2), which RFC 9864 deprecates. */
const readAlgorithms: ReadonlyMap<CborValue, { name: string; fits: SignatureAlgorithm }> = new Map([
  [-7, { name: 'ES256', fits: 'ESP256' }],
  [-8, { name: 'EdDSA', fits: 'Ed25519' }],
  [-9, { name: 'ESP256', fits: 'ESP256' }],
  [-19, { name: 'Ed25519', fits: 'Ed25519' }],
]);

/** Both algorithms: r‖s of 32 bytes each (RFC 9053 §2.1), or Ed25519's 64 (RFC 8032 §5.1.6). */
const signatureSize = 64;

/** Sig_structure of a COSE_Sign1 without external data: what is signed (RFC 9052 §4.4). */
export function sigStructure(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCanonical(['Signature1', protectedHeader, new Uint8Array(), payload]);
}

/**
 * A tagged COSE_Sign1 over `payload`, which is left out (RFC 9052 §4.1, detached content). The algorithm is
 * protected. The key id is a hint to the verifier, so it is an unprotected `kid` (§3.1).
 */
export async function signCose(payload: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const protectedHeader = encodeCanonical(new Map([[header.alg, writtenAlgorithm[signer.algorithm]]]));
  const signature = await signer.sign(sigStructure(protectedHeader, payload));
  const unprotected = new Map([[header.kid, fromHex(signer.keyId)]]);
  return encodeCanonical(new CborTag(coseSign1Tag, [protectedHeader, unprotected, null, signature]));
}

/**
 * Verifies one authentication block and returns the anchor whose signature it carries. A `kid` must name one of
 * the anchors; without one, every anchor that fits the algorithm is tried.
 *
 * Errors: `suit.unknown-algorithm` (other kinds of COSE too), `suit.untrusted-key`, `suit.algorithm-mismatch`,
 * `suit.bad-signature`, `suit.malformed`, `suit.not-canonical`.
 */
export function verifyCose(
  block: Uint8Array,
  payload: Uint8Array,
  anchors: readonly TrustAnchor[],
): TrustAnchor {
  const { protectedHeader, algorithm, kid, signature } = parseSign1(block);
  const named = kid === undefined ? anchors : anchors.filter((anchor) => anchor.keyId === kid);
  const ofKey = kid === undefined ? {} : { keyId: kid };
  if (named.length === 0) throw new SlipwayError('suit.untrusted-key', ofKey);

  const keys = named.map((anchor) => ({ anchor, key: publicKeyFromPem(anchor.publicKeyPem, anchor.keyId) }));
  // By what the key is, not by what the anchor says of itself.
  const fitting = keys.filter(({ key }) => algorithmOf(key) === algorithm.fits);
  if (fitting.length === 0) {
    const keyType = [...new Set(keys.map(({ key }) => keyKind(key)))].join(', ');
    throw new SlipwayError('suit.algorithm-mismatch', { algorithm: algorithm.name, keyType });
  }

  const signed = sigStructure(protectedHeader, payload);
  const hash = algorithm.fits === 'ESP256' ? 'sha256' : null;
  const verified =
    signature.length === signatureSize &&
    fitting.find(({ key }) => verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature));
  if (!verified) throw new SlipwayError('suit.bad-signature', ofKey);
  return verified.anchor;
}

/**
 * Of several failed authentication blocks, the error to report is that of the block which came nearest to
 * verifying: higher is nearer.
 */
export function coseErrorRank(code: ErrorCode): number {
  return [
    'suit.unknown-algorithm',
    'suit.untrusted-key',
    'suit.algorithm-mismatch',
    'suit.bad-signature',
  ].indexOf(code);
}

interface Sign1 {
  readonly protectedHeader: Uint8Array;
  readonly algorithm: { readonly name: string; readonly fits: SignatureAlgorithm };
  readonly kid: string | undefined;
  readonly signature: Uint8Array;
}

function parseSign1(block: Uint8Array): Sign1 {
  const tagged = decodeCanonical(block, 'authentication block');
  if (!(tagged instanceof CborTag)) throw malformed('authentication block has no tag');
  if (tagged.tag !== coseSign1Tag) {
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: `COSE tag ${tagged.tag}` });
  }
  const parts = asArray(tagged.value, 'COSE_Sign1');
  if (parts.length !== 4) throw malformed('COSE_Sign1 does not have four parts');
  const protectedHeader = asBytes(parts[0], 'protected header');
  const protectedMap = parseProtected(protectedHeader);
  const unprotected = asMap(parts[1], 'unprotected header');
  if (parts[2] !== null) throw malformed('COSE_Sign1 carries a payload of its own');
  const signature = asBytes(parts[3], 'signature');

  // RFC 9052 §3.1: a recipient that doesn't know a critical parameter must fail.
  if (protectedMap.has(header.crit)) throw malformed('COSE_Sign1 has critical header parameters');
  for (const label of unprotected.keys()) {
    // Nobody signed these: only the hint has a use. §3: no label may stand in both headers.
    if (label !== header.kid || protectedMap.has(label)) {
      throw malformed(
        `unprotected header has the parameter ${typeof label === 'number' ? label : 'of a text'}`,
      );
    }
  }
  const kid = protectedMap.get(header.kid) ?? unprotected.get(header.kid);
  const alg = protectedMap.get(header.alg);
  const algorithm = readAlgorithms.get(alg ?? null);
  if (!algorithm) {
    const name = typeof alg === 'number' || typeof alg === 'string' ? String(alg) : 'none';
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: name });
  }
  return {
    protectedHeader,
    algorithm,
    kid: kid === undefined ? undefined : toHex(asBytes(kid, 'kid')),
    signature,
  };
}

/** RFC 9052 §3: a protected header without parameters is the empty byte string. */
function parseProtected(bytes: Uint8Array): ReadonlyMap<CborValue, CborValue> {
  if (bytes.length === 0) return new Map();
  return asMap(decodeCanonical(bytes, 'protected header'), 'protected header');
}
