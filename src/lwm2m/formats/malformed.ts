import { SlipwayError } from '../../base/errors';

/** The `lwm2m.malformed` error for a payload of that format. */
export function malformed(format: string, reason: string, cause?: unknown): SlipwayError<'lwm2m.malformed'> {
  return new SlipwayError('lwm2m.malformed', { format, reason }, cause === undefined ? undefined : { cause });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `bytes` as UTF-8; `lwm2m.malformed` when they are not. */
export function decodeUtf8(format: string, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw malformed(format, 'not UTF-8', cause);
  }
}
