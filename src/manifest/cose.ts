import { verify } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { fromHex } from '../base/hex';
import { type CborValue, encodeCanonical } from './canonical-cbor';
import { malformed } from './cbor-shape';
import { algorithmText, coseHeader, type CoseMessage, coseTag, encodeCose, parseCose } from './cose-message';
import { algorithmOf, keyKind, publicKeyFromPem } from './public-key';
import type { PackageSigner, SignatureAlgorithm, Signer, TrustAnchor, VerifyPolicy } from './types';
import { leafOfChain, trustAnchorOfChain } from './x5chain';

interface SignatureKind {
  /** The fully specified algorithm of RFC 9864 §2, which is written. */
  readonly id: number;
  /** What node:crypto hashes with; Ed25519 takes the message as it is (RFC 9053 §2.2). */
  readonly hash: string | null;
  /** r‖s (RFC 9053 §2.1), or as RFC 8032 §5.1.6 has it. */
  readonly size: number;
}

export const signatureKinds: Readonly<Record<SignatureAlgorithm, SignatureKind>> = {
  ESP256: { id: -9, hash: 'sha256', size: 64 },
  ESP384: { id: -51, hash: 'sha384', size: 96 },
  Ed25519: { id: -19, hash: null, size: 64 },
};

/** Read as well: ES256, ES384 (RFC 9053 §2.1) and EdDSA (§2.2), which RFC 9864 deprecates. */
const readAlgorithms: ReadonlyMap<CborValue, { name: string; fits: SignatureAlgorithm }> = new Map([
  [-7, { name: 'ES256', fits: 'ESP256' }],
  [-8, { name: 'EdDSA', fits: 'Ed25519' }],
  [-9, { name: 'ESP256', fits: 'ESP256' }],
  [-19, { name: 'Ed25519', fits: 'Ed25519' }],
  [-35, { name: 'ES384', fits: 'ESP384' }],
  [-51, { name: 'ESP384', fits: 'ESP384' }],
]);

/** Written where draft-09 is spoken, whose tools don't know RFC 9864. */
const deprecatedId: Readonly<Record<SignatureAlgorithm, number>> = { ESP256: -7, ESP384: -35, Ed25519: -8 };

/** How a COSE_Sign1 is written. */
export interface SignCoseOptions {
  readonly chain?: readonly Uint8Array[];
  /** By the deprecated names of the algorithms and with the payload inside, as draft-09 has it (§8.3 there). */
  readonly asInDraft09?: boolean;
}

/** Sig_structure of a COSE_Sign1 without external data: what is signed (RFC 9052 §4.4). */
export function sigStructure(protectedHeader: Uint8Array, payload: Uint8Array): Uint8Array {
  return encodeCanonical(['Signature1', protectedHeader, new Uint8Array(), payload]);
}

/**
 * A tagged COSE_Sign1 over `payload`, which is left out (RFC 9052 §4.1, detached content). Algorithm and certificates
 * are protected. The key id is a hint to the verifier, so it is an unprotected `kid` (§3.1).
 *
 * Errors: `suit.untrusted-chain` where the first certificate isn't of the signer's key, and what the signer throws.
 */
export async function signCose(
  payload: Uint8Array,
  signer: Signer,
  { chain = [], asInDraft09 = false }: SignCoseOptions = {},
): Promise<Uint8Array> {
  if (chain.length > 0) checkLeaf({ signer, chain });
  const id = asInDraft09 ? deprecatedId[signer.algorithm] : signatureKinds[signer.algorithm].id;
  const protectedHeader = encodeCanonical(
    new Map<CborValue, CborValue>([
      [coseHeader.alg, id],
      ...(chain.length > 0 ? ([[coseHeader.x5chain, chain.length === 1 ? chain[0]! : chain]] as const) : []),
    ]),
  );
  const signature = await signer.sign(sigStructure(protectedHeader, payload));
  const unprotected = new Map([[coseHeader.kid, fromHex(signer.keyId)]]);
  return encodeCose(coseTag.sign1, protectedHeader, unprotected, asInDraft09 ? payload : null, signature);
}

function checkLeaf({ signer, chain = [] }: PackageSigner): void {
  const { keyId, subject } = leafOfChain(chain);
  if (keyId !== signer.keyId) throw new SlipwayError('suit.untrusted-chain', { subject, fault: 'other-key' });
}

/** What a signature is judged by. */
export type SignatureTrust = Pick<VerifyPolicy, 'trustAnchors' | 'roots'>;

/**
 * Verifies a COSE_Sign1 and returns whose signature it carries: one of the anchors, or the first certificate of a
 * chain that a root vouches for. A `kid` must name it; without one, every anchor that fits the algorithm is tried.
 *
 * Errors: `suit.unknown-algorithm` (other kinds of COSE too), `suit.untrusted-key`, `suit.untrusted-chain`,
 * `suit.algorithm-mismatch`, `suit.bad-signature`, `suit.malformed`, `suit.not-canonical`.
 */
export function verifyCose(block: Uint8Array, payload: Uint8Array, trust: SignatureTrust): TrustAnchor {
  const message = parseCose(block, 'authentication block');
  if (message.tag !== coseTag.sign1) {
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: `COSE tag ${message.tag}` });
  }
  if (message.payload) throw malformed('COSE_Sign1 carries a payload of its own');
  return verifySign1(message, payload, trust);
}

/** The same for a message that was taken apart and whose payload was checked. */
export function verifySign1(message: CoseMessage, payload: Uint8Array, trust: SignatureTrust): TrustAnchor {
  const { keyId, protectedHeader, authenticator } = message;
  const algorithm = readAlgorithms.get(message.algorithm ?? null);
  if (!algorithm) {
    throw new SlipwayError('suit.unknown-algorithm', { algorithm: algorithmText(message.algorithm) });
  }
  const ofKey = keyId === undefined ? {} : { keyId };
  const candidates = candidateAnchors(message, trust);
  if (candidates.length === 0) throw new SlipwayError('suit.untrusted-key', ofKey);

  const keys = candidates.map((anchor) => ({
    anchor,
    key: publicKeyFromPem(anchor.publicKeyPem, anchor.keyId),
  }));
  // By what the key is, not by what the anchor says of itself.
  const fitting = keys.filter(({ key }) => algorithmOf(key) === algorithm.fits);
  if (fitting.length === 0) {
    const keyType = [...new Set(keys.map(({ key }) => keyKind(key)))].join(', ');
    throw new SlipwayError('suit.algorithm-mismatch', { algorithm: algorithm.name, keyType });
  }

  const signed = sigStructure(protectedHeader, payload);
  const { hash, size } = signatureKinds[algorithm.fits];
  const verified =
    authenticator.length === size &&
    fitting.find(({ key }) => verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, authenticator));
  if (!verified) throw new SlipwayError('suit.bad-signature', ofKey);
  return verified.anchor;
}

/** Anchors come first: a certificate of a key that is trusted anyway has nothing to add. */
function candidateAnchors(
  message: CoseMessage,
  { trustAnchors, roots }: SignatureTrust,
): readonly TrustAnchor[] {
  const { keyId, chain } = message;
  const named = keyId === undefined ? trustAnchors : trustAnchors.filter((anchor) => anchor.keyId === keyId);
  if (chain.length === 0 || !roots) return named;
  if (keyId !== undefined && named.length > 0) return named;
  const certified = trustAnchorOfChain(chain, roots);
  return keyId === undefined || keyId === certified.keyId ? [...named, certified] : named;
}
