import { SlipwayError } from '../../base/errors';

/** `struct image_version`: semantic versioning with a numeric build number. */
export interface ImageVersion {
  readonly major: number;
  readonly minor: number;
  readonly revision: number;
  readonly build: number;
}

/** The field's width is the limit: u8.u8.u16+u32. */
const limits: ImageVersion = { major: 0xff, minor: 0xff, revision: 0xffff, build: 0xffff_ffff };

const pattern = /^(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\+(0|[1-9]\d*))?)?)?$/;

/** Reads `major.minor.revision+build`, later parts optional. Errors: `mcuboot.version`. */
export function parseImageVersion(version: string): ImageVersion {
  const parts = pattern.exec(version);
  if (!parts) throw new SlipwayError('mcuboot.version', { version, limit: formatImageVersion(limits) });
  const [major, minor, revision, build] = parts.slice(1).map((part: string | undefined) => Number(part ?? 0));
  const parsed: ImageVersion = { major: major!, minor: minor!, revision: revision!, build: build! };
  for (const key of Object.keys(limits) as (keyof ImageVersion)[]) {
    if (parsed[key] > limits[key]) {
      throw new SlipwayError('mcuboot.version', { version, part: key, limit: String(limits[key]) });
    }
  }
  return parsed;
}

/** `1.2.3+4`, the build number always there. */
export function formatImageVersion({ major, minor, revision, build }: ImageVersion): string {
  return `${major}.${minor}.${revision}+${build}`;
}

/** The 8 bytes of `struct image_version`. */
export function encodeImageVersion({ major, minor, revision, build }: ImageVersion): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  bytes.set([major, minor]);
  view.setUint16(2, revision, true);
  view.setUint32(4, build, true);
  return bytes;
}

/** `bytes` are the 8 of `struct image_version`. */
export function decodeImageVersion(bytes: Uint8Array): ImageVersion {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    major: bytes[0]!,
    minor: bytes[1]!,
    revision: view.getUint16(2, true),
    build: view.getUint32(4, true),
  };
}

/** The security counter that `auto` stands for: major, minor and revision in one number, as imgtool makes it. */
export function securityCounterOf({ major, minor, revision }: ImageVersion): number {
  return major * 0x100_0000 + minor * 0x1_0000 + revision;
}
