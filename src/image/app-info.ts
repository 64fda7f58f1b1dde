/**
 * The application descriptor: how a firmware image says which version it is, so that a board can report it and
 * a desk can compare. Anywhere in the image, 144 bytes: magic (16), `char version[32]`, `char banner[96]`; both
 * texts are UTF-8 padded with NUL to the end of their field.
 */
export interface AppInfo {
  /** E.g. `1.2.3+4`; never empty. */
  readonly version: string;
  /** What the application prints when it starts; may be empty. */
  readonly banner: string;
}

/** `SLIPWAY-APPINFO` and its terminating NUL. */
export const appInfoMagic = 'SLIPWAY-APPINFO\0';
export const appInfoVersionSize = 32;
export const appInfoBannerSize = 96;

const versionOffset = appInfoMagic.length;
const bannerOffset = versionOffset + appInfoVersionSize;
export const appInfoSize = bannerOffset + appInfoBannerSize;

/**
 * Finds the first well-formed application descriptor in `image`; undefined if there is none. The magic alone
 * (code that looks for descriptors contains it too) doesn't make one: the texts must be well formed.
 */
export function readAppInfo(image: Uint8Array): AppInfo | undefined {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  let at = bytes.indexOf(appInfoMagic, 0, 'latin1');
  while (at >= 0 && at + appInfoSize <= bytes.length) {
    const version = paddedText(bytes.subarray(at + versionOffset, at + bannerOffset));
    const banner = paddedText(bytes.subarray(at + bannerOffset, at + appInfoSize));
    if (version && banner !== undefined) return { version, banner };
    at = bytes.indexOf(appInfoMagic, at + 1, 'latin1');
  }
  return undefined;
}

/**
 * The 144 bytes of a descriptor. Throws RangeError if a text doesn't fit its field, contains NUL, or the
 * version is empty.
 */
export function encodeAppInfo(info: AppInfo): Uint8Array {
  const bytes = Buffer.alloc(appInfoSize);
  bytes.write(appInfoMagic, 0, 'latin1');
  if (info.version === '') throw new RangeError('version is empty');
  writePadded(bytes.subarray(versionOffset, bannerOffset), info.version, 'version');
  writePadded(bytes.subarray(bannerOffset), info.banner, 'banner');
  return Uint8Array.from(bytes);
}

function writePadded(field: Buffer, text: string, name: string): void {
  const encoded = Buffer.from(text, 'utf8');
  if (encoded.length > field.length) throw new RangeError(`${name} is longer than ${field.length} bytes`);
  if (encoded.includes(0)) throw new RangeError(`${name} contains NUL`);
  field.set(encoded);
}

/** Text of a NUL-padded field; undefined if it isn't UTF-8 or anything but NUL follows the first NUL. */
function paddedText(field: Buffer): string | undefined {
  const end = field.indexOf(0);
  const text = end < 0 ? field : field.subarray(0, end);
  if (field.subarray(text.length).some((byte) => byte !== 0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return undefined;
  }
}
