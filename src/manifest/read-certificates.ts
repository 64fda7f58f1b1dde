import { readFile } from 'node:fs/promises';
import { SlipwayError } from '../base/errors';
import { certificatesOfPem } from './pem';

/** The certificates of a PEM file, each as PEM. Errors: `image.unreadable`, `key.unreadable`. */
export async function readCertificates(file: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('image.unreadable', { file, reason }, { cause });
  }
  return certificatesOfPem(text, file);
}
