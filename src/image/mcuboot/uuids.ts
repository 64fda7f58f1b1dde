import { SlipwayError } from '../../base/errors';
import { parseUuid, uuid5, uuidNamespaceDns } from '../../base/uuid';

/**
 * UUID_VID and UUID_CID as imgtool makes them of a UUID, or of a name: the vendor’s of its domain, the class’s of its name
 * within the vendor’s. Errors: `mcuboot.option` for the name of a class without a vendor.
 */
export function imageUuids(
  vendor: string | undefined,
  imageClass: string | undefined,
): { readonly vendorId?: Uint8Array; readonly classId?: Uint8Array } {
  // Case counts: imgtool takes the domain as it is written.
  const vendorId = vendor === undefined ? undefined : (parseUuid(vendor) ?? uuid5(uuidNamespaceDns, vendor));
  const classId =
    imageClass === undefined ? undefined : (parseUuid(imageClass) ?? named(vendorId, imageClass));
  return { ...(vendorId && { vendorId }), ...(classId && { classId }) };
}

function named(vendorId: Uint8Array | undefined, name: string): Uint8Array {
  if (vendorId) return uuid5(vendorId, name);
  const reason = `"${name}" is no UUID, and a name needs a vendor`;
  throw new SlipwayError('mcuboot.option', { option: 'class', reason });
}
