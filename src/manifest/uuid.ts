import { toHex } from '../base/hex';
import { uuid5, uuidNamespaceDns } from '../base/uuid';

/** The vendor id of a domain such as `example.com` (draft-ietf-suit-manifest, UUID identifiers). */
export function vendorIdOf(domain: string): Uint8Array {
  // Domain names don't tell case apart, hashes do.
  return uuid5(uuidNamespaceDns, domain.toLowerCase());
}

/** The class id of what a vendor calls a kind of device, e.g. its model name. */
export function classIdOf(vendorId: Uint8Array, name: string): Uint8Array {
  return uuid5(vendorId, name);
}

/** `8-4-4-4-12` lower-case hex. Throws RangeError unless `uuid` has 16 bytes. */
export function formatUuid(uuid: Uint8Array): string {
  if (uuid.length !== 16) throw new RangeError('a UUID has 16 bytes');
  return toHex(uuid).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
