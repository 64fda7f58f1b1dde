import { type ErrorCode, SlipwayError } from '../base/errors';
import { malformed } from './cbor-shape';
import { verifySign1 } from './cose';
import { verifyMac0 } from './cose-mac';
import { coseTag, parseCose } from './cose-message';
import { equalBytes } from './suit-digest';
import type { ParsedEnvelope } from './suit-parse';
import type { Authentication, VerifyPolicy } from './types';

type Authenticated = Pick<ParsedEnvelope, 'authenticationBlocks' | 'digest' | 'attached'>;

/**
 * Checks the authentication blocks of an envelope and returns those by keys that are trusted. One good block suffices:
 * others may be for verifiers with other keys and algorithms (draft-ietf-suit-manifest §8.3). Errors: `suit.unsigned`,
 * or that of the block which came nearest to verifying.
 */
export function authenticate(
  envelope: Authenticated,
  policy: Pick<VerifyPolicy, 'trustAnchors' | 'macKeys' | 'roots'>,
): readonly [Authentication, ...Authentication[]] {
  let nearest: SlipwayError = new SlipwayError('suit.unsigned', {});
  const good: Authentication[] = [];
  for (const block of envelope.authenticationBlocks) {
    try {
      good.push(verifyBlock(block, envelope, policy));
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      if (nearest.code === 'suit.unsigned' || rank(error.code) > rank(nearest.code)) nearest = error;
    }
  }
  const [first, ...others] = good;
  if (!first) throw nearest;
  return [first, ...others];
}

/** Verifies one block. Errors as `verifySign1` and `verifyMac0`. */
export function verifyBlock(
  block: Uint8Array,
  { digest, attached }: Pick<Authenticated, 'digest' | 'attached'>,
  policy: Pick<VerifyPolicy, 'trustAnchors' | 'macKeys' | 'roots'>,
): Authentication {
  const message = parseCose(block, 'authentication block');
  // Detached in the draft (§8.3); inside in draft-09, and then it must be what all the other blocks have, too.
  const { payload } = message;
  if (attached !== (payload !== undefined) || (payload && !equalBytes(payload, digest))) {
    throw malformed('an authentication block carries a payload of its own');
  }
  switch (message.tag) {
    case coseTag.sign1: {
      const { keyId, algorithm } = verifySign1(message, digest, policy);
      return { keyId, algorithm };
    }
    case coseTag.mac0:
      return { keyId: verifyMac0(message, digest, policy.macKeys ?? []).keyId, algorithm: 'HMAC256' };
    default:
      throw new SlipwayError('suit.unknown-algorithm', { algorithm: `COSE tag ${message.tag}` });
  }
}

/** Higher is nearer. */
function rank(code: ErrorCode): number {
  return [
    'suit.unknown-algorithm',
    'suit.untrusted-key',
    'suit.untrusted-chain',
    'suit.algorithm-mismatch',
    'suit.bad-signature',
  ].indexOf(code);
}
