import { SlipwayError } from '../base/errors';
import { toHex } from '../base/hex';
import { type CborValue, CborTag, decodeCanonical, encodeCanonical } from './canonical-cbor';
import { asArray, asBytes, asMap, malformed } from './cbor-shape';

/** Tags of the kinds of messages that are read (RFC 9052 §2, table 1). */
export const coseTag = { encrypt0: 16, mac0: 17, sign1: 18 } as const;

/** Header parameters (RFC 9052 §3.1, table 3; x5chain: RFC 9360 §2). */
export const coseHeader = { alg: 1, crit: 2, kid: 4, iv: 5, x5chain: 33 } as const;

interface Kind {
  readonly name: string;
  readonly parts: number;
  /** Parameters that need not be protected: hints which key it is, certificates that a root vouches for, the IV. */
  readonly hints: readonly CborValue[];
}

const kinds: ReadonlyMap<number, Kind> = new Map([
  [coseTag.encrypt0, { name: 'COSE_Encrypt0', parts: 3, hints: [coseHeader.kid, coseHeader.iv] }],
  [coseTag.mac0, { name: 'COSE_Mac0', parts: 4, hints: [coseHeader.kid] }],
  [coseTag.sign1, { name: 'COSE_Sign1', parts: 4, hints: [coseHeader.kid, coseHeader.x5chain] }],
]);

/** A COSE message taken apart; nothing of it is verified. */
export interface CoseMessage {
  readonly tag: number;
  readonly protectedHeader: Uint8Array;
  /** Value of `alg`; protected, or it counts for nothing. */
  readonly algorithm: CborValue | undefined;
  /** Lower-case hex. */
  readonly keyId: string | undefined;
  readonly iv: Uint8Array | undefined;
  /** Certificates as DER, the signer's own first; empty when there are none. */
  readonly chain: readonly Uint8Array[];
  /** The payload or ciphertext; undefined where it is detached. */
  readonly payload: Uint8Array | undefined;
  /** Signature or tag; empty in a COSE_Encrypt0, whose tag is part of the ciphertext. */
  readonly authenticator: Uint8Array;
}

/** A tagged message; `payload` null is detached content, `authenticator` left out for a COSE_Encrypt0. */
export function encodeCose(
  tag: number,
  protectedHeader: Uint8Array,
  unprotected: ReadonlyMap<CborValue, CborValue>,
  payload: Uint8Array | null,
  authenticator?: Uint8Array,
): Uint8Array {
  const rest = authenticator ? [authenticator] : [];
  return encodeCanonical(new CborTag(tag, [protectedHeader, unprotected, payload, ...rest]));
}

/**
 * Takes a tagged message apart. Errors: `suit.unknown-algorithm` for other kinds of COSE, `suit.malformed`,
 * `suit.not-canonical`; `what` names it in their reason.
 */
export function parseCose(bytes: Uint8Array, what: string): CoseMessage {
  const tagged = decodeCanonical(bytes, what);
  if (!(tagged instanceof CborTag)) throw malformed(`${what} has no tag`);
  const kind = kinds.get(tagged.tag);
  if (!kind) throw new SlipwayError('suit.unknown-algorithm', { algorithm: `COSE tag ${tagged.tag}` });
  const parts = asArray(tagged.value, kind.name);
  if (parts.length !== kind.parts) throw malformed(`${kind.name} does not have ${kind.parts} parts`);
  const protectedHeader = asBytes(parts[0], 'protected header');
  const headers = mergeHeaders(parseProtected(protectedHeader), asMap(parts[1], 'unprotected header'), kind);
  const iv = headers.get(coseHeader.iv);
  const kid = headers.get(coseHeader.kid);
  return {
    tag: tagged.tag,
    protectedHeader,
    algorithm: headers.get(coseHeader.alg),
    keyId: kid === undefined ? undefined : toHex(asBytes(kid, 'kid')),
    iv: iv === undefined ? undefined : asBytes(iv, 'IV'),
    chain: parseChain(headers.get(coseHeader.x5chain)),
    payload: parts[2] === null ? undefined : asBytes(parts[2], `payload of ${kind.name}`),
    authenticator: kind.parts === 4 ? asBytes(parts[3], 'signature') : new Uint8Array(),
  };
}

/** RFC 9052 §3: no label may stand in both headers; §3.1: an unknown critical parameter must fail. */
function mergeHeaders(
  protectedMap: ReadonlyMap<CborValue, CborValue>,
  unprotected: ReadonlyMap<CborValue, CborValue>,
  { name, hints }: Kind,
): ReadonlyMap<CborValue, CborValue> {
  if (protectedMap.has(coseHeader.crit)) throw malformed(`${name} has critical header parameters`);
  for (const label of unprotected.keys()) {
    if (!hints.includes(label) || protectedMap.has(label)) {
      throw malformed(
        `unprotected header has the parameter ${typeof label === 'number' ? label : 'of a text'}`,
      );
    }
  }
  return new Map([...protectedMap, ...unprotected]);
}

/** RFC 9052 §3: a protected header without parameters is the empty byte string. */
function parseProtected(bytes: Uint8Array): ReadonlyMap<CborValue, CborValue> {
  if (bytes.length === 0) return new Map();
  return asMap(decodeCanonical(bytes, 'protected header'), 'protected header');
}

/** COSE_X509 (RFC 9360 §2): one certificate, or an array of two and more. */
function parseChain(value: CborValue | undefined): readonly Uint8Array[] {
  if (value === undefined) return [];
  if (value instanceof Uint8Array) return [value];
  const chain = asArray(value, 'x5chain').map((certificate) => asBytes(certificate, 'certificate'));
  if (chain.length < 2) throw malformed('x5chain is an array of fewer than two certificates');
  return chain;
}

/** What to show of an algorithm that isn't known. */
export function algorithmText(algorithm: CborValue | undefined): string {
  return typeof algorithm === 'number' || typeof algorithm === 'string' ? String(algorithm) : 'none';
}
