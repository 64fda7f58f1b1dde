import type { KeyObject } from 'node:crypto';
import { SlipwayError } from '../../base/errors';
import type { Inspection, InspectionCheck } from '../inspection';
import {
  type CheckedHash,
  checkHash,
  checkSignature,
  checkTail,
  decompress,
  findTrustedKey,
  securityCounterIn,
  signatureOf,
  trustedKeyOf,
} from './checks';
import { imageFields } from './inspect-fields';
import { isCompressed, type ParsedImage, parseMcubootImage } from './parse';
import { sampleKeyName } from './sample-keys';

export interface McubootInspectionOptions {
  /** Public keys, also as PEM: without any, trust is not checked. */
  readonly trustedKeys?: readonly (KeyObject | string)[];
  /** The bootloader's private key, for encrypted images. */
  readonly decryptionKey?: KeyObject;
}

/**
 * Takes an image apart for people, and checks it by the rules of `verifyMcubootImage`. One that can't be read as an
 * image has no more than its header, if that, and a broken rule that says why. Never throws for what an image holds.
 */
export function inspectMcubootImage(bytes: Uint8Array, options: McubootInspectionOptions = {}): Inspection {
  const kind = 'MCUboot image';
  const whole = 'The image is whole: header, body and TLVs are where their lengths say.';
  const checks = new Checks();
  const image = checks.run(whole, () => parseMcubootImage(bytes));
  if (image) checkImage(image, checks, options);
  return { kind, size: bytes.length, fields: imageFields(bytes, image), checks: checks.all };
}

function checkImage(image: ParsedImage, checks: Checks, options: McubootInspectionOptions): void {
  checks.run('Nothing but an erased slot and its trailer follows the TLVs.', () => checkTail(image));
  const hash = checks.run('The hash is that of header, body and protected TLVs, in plain text.', () =>
    checkHash(image, options.decryptionKey),
  );
  const signed = checks.run('There is one signature.', () => signatureOf(image));
  if (signed?.keyHash) {
    checks.run('The key is not one that MCUboot publishes as a sample.', () => {
      const sample = sampleKeyName(signed.keyHash!);
      if (sample !== undefined) throw new SlipwayError('mcuboot.sample-key', { sample });
    });
  }
  if (signed) checkTrust(image, hash, checks, options);
  checks.run('The security counter has its four bytes, if there is one.', () => securityCounterIn(image));
  if (isCompressed(image.header)) {
    const rule = 'What comes out of the compression has the size and hash that the TLVs tell.';
    if (hash) checks.run(rule, () => decompress(image, hash));
    else checks.skip(rule, 'a body whose hash is right');
  }
}

function checkTrust(
  image: ParsedImage,
  hash: CheckedHash | undefined,
  checks: Checks,
  { trustedKeys = [] }: McubootInspectionOptions,
): void {
  const trustRule = 'The key is a trusted one.';
  const signatureRule = 'The signature is that key’s over the image.';
  if (trustedKeys.length === 0 || !hash) {
    const missing = hash ? 'a public key to check it with' : 'a hash that is right';
    checks.skip(trustRule, missing);
    checks.skip(signatureRule, missing);
    return;
  }
  const key = checks.run(trustRule, () => findTrustedKey(image, hash.bits, trustedKeys.map(trustedKeyOf)));
  if (key) checks.run(signatureRule, () => checkSignature(image, hash, key));
  else checks.skip(signatureRule, 'the public key that the image names');
}

/** Collects what comes of rules. */
class Checks {
  readonly all: InspectionCheck[] = [];

  /** The result of a check that holds; undefined for a broken rule, and for one that only a missing key could tell. */
  run<T>(rule: string, check: () => T): T | undefined {
    try {
      const result = check();
      this.all.push({ rule, verdict: 'holds' });
      return result;
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      if (error.code === 'mcuboot.encrypted') this.skip(rule, 'the private key to decrypt it with');
      else this.all.push({ rule, verdict: 'broken', error });
      return undefined;
    }
  }

  skip(rule: string, missing: string): void {
    this.all.push({ rule, verdict: 'not-checked', missing });
  }
}
