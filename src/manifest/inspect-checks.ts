import { SlipwayError } from '../base/errors';
import type { InspectionCheck } from '../image/inspection';
import type { InspectionKeys } from './inspect-envelope';
import { coseTag, parseCose } from './cose-message';
import { verifyBlock } from './suit-authenticate';
import {
  checkManifestDigest,
  parseEnvelope,
  type ParsedEnvelope,
  parseManifest,
  type ParsedManifest,
} from './suit-parse';
import { processManifest } from './suit-process';

/** The rules of draft-ietf-suit-manifest-37 and whether an envelope keeps them, in the order of a recipient (§6.2). */
export function checkEnvelope(bytes: Uint8Array, keys: InspectionKeys): readonly InspectionCheck[] {
  const checks: InspectionCheck[] = [];
  const read = attempt(checks, 'The envelope is deterministic CBOR (§8.2, RFC 8949 §4.2.1).', () =>
    parseEnvelope(bytes),
  );
  if (!read) return checks;
  attempt(checks, 'The digest is that of the manifest, its length included (§8.3).', () => {
    checkManifestDigest(read);
    return true;
  });
  checks.push(...authenticity(read, keys));
  const manifest = attempt(
    checks,
    'The manifest is deterministic CBOR, and its digests are those of the severed members (§8.4, §8.5).',
    () => parseManifest(read),
  );
  if (!manifest) return checks;
  checks.push(sequenceCheck(manifest, keys), commandsCheck(manifest, read, keys));
  return checks;
}

function authenticity(envelope: ParsedEnvelope, keys: InspectionKeys): readonly InspectionCheck[] {
  const rule = 'The manifest is signed or has a MAC (§8.3).';
  if (envelope.authenticationBlocks.length === 0) {
    return [{ rule, verdict: 'broken', error: new SlipwayError('suit.unsigned', {}) }];
  }
  return envelope.authenticationBlocks.map((block, index) => {
    const name = `Authentication block ${index + 1} is by a trusted key (RFC 9052).`;
    const checks: InspectionCheck[] = [];
    const missing = keyFor(block, keys);
    if (missing !== undefined) return { rule: name, verdict: 'not-checked', missing };
    attempt(checks, name, () => verifyBlock(block, envelope, { trustAnchors: [], ...keys }));
    return checks[0]!;
  });
}

/** What kind of key is missing to check a block with. */
function keyFor(
  block: Uint8Array,
  { trustAnchors = [], macKeys = [], roots }: InspectionKeys,
): string | undefined {
  let tag: number;
  try {
    ({ tag } = parseCose(block, 'authentication block'));
  } catch {
    // What is wrong with it, the check itself says.
    return undefined;
  }
  if (tag === coseTag.mac0) return macKeys.length === 0 ? 'no MAC key to check it with' : undefined;
  return trustAnchors.length === 0 && !roots ? 'no key to check it with' : undefined;
}

function sequenceCheck({ sequence }: ParsedManifest, { minimumSequence }: InspectionKeys): InspectionCheck {
  const rule = 'The sequence number is not below the board’s (§6.2).';
  if (minimumSequence === undefined) return { rule, verdict: 'not-checked', missing: 'no number of a board' };
  if (sequence >= minimumSequence) return { rule, verdict: 'holds' };
  const error = new SlipwayError('suit.sequence-too-low', { sequence, minimum: minimumSequence });
  return { rule, verdict: 'broken', error };
}

function commandsCheck(
  manifest: ParsedManifest,
  { payloads }: ParsedEnvelope,
  keys: InspectionKeys,
): InspectionCheck {
  const rule =
    'The commands check vendor, class and image of each component, and payloads have their size and digest (§6.4, §7.1).';
  const checks: InspectionCheck[] = [];
  attempt(checks, rule, () => processManifest(manifest, payloads, keys));
  const [check] = checks;
  const missing = check?.error && outOfReach(check.error);
  return missing === undefined ? check! : { rule, verdict: 'not-checked', missing };
}

/** What isn't in the file, or can't be read without a key, is no fault of the file. */
function outOfReach(error: SlipwayError): string | undefined {
  if (SlipwayError.is(error, 'suit.no-decryption-key')) return 'no key to decrypt it with';
  if (SlipwayError.is(error, 'suit.member-missing')) {
    return `the ${error.details.member} commands are severed`;
  }
  if (SlipwayError.is(error, 'suit.payload-missing') && !error.details.uri.startsWith('#')) {
    return 'the payload is elsewhere';
  }
  return undefined;
}

/** Adds the check of a rule; gives what `work` gives, or nothing where it throws. */
function attempt<T>(checks: InspectionCheck[], rule: string, work: () => T): T | undefined {
  try {
    const result = work();
    checks.push({ rule, verdict: 'holds' });
    return result;
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    checks.push({ rule, verdict: 'broken', error });
    return undefined;
  }
}
