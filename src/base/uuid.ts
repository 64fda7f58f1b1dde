import { createHash } from 'node:crypto';
import { fromHex } from './hex';

/** RFC 9562 §6.6: the name space of fully qualified domain names. */
export const uuidNamespaceDns: Uint8Array = fromHex('6ba7b8109dad11d180b400c04fd430c8');

/** Name-based UUID, version 5 (RFC 9562 §5.5), as 16 bytes. */
export function uuid5(namespace: Uint8Array, name: string): Uint8Array {
  const digest = createHash('sha1').update(namespace).update(name, 'utf8').digest();
  const uuid = Uint8Array.from(digest.subarray(0, 16));
  uuid[6] = (uuid[6]! & 0x0f) | 0x50;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return uuid;
}

/** Bytes of a UUID in its `8-4-4-4-12` form, any case; undefined if `text` isn't one. */
export function parseUuid(text: string): Uint8Array | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? fromHex(text.replaceAll('-', ''))
    : undefined;
}
