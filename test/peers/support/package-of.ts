import { createHash } from 'node:crypto';
import type { UpdatePackage } from '../../../src/update/types';
import { bytesOf } from './near-end';

/** A package for the boards of these tests, of about `length` bytes; they take it where `head` is `firmware VERSION`. */
export function packageOf(head: string, length: number): UpdatePackage {
  const bytes = Buffer.concat([Buffer.from(`${head}\n`), bytesOf(length)]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: 'firmware.bin', bytes, sha256, version: '1.1.0' };
}
