import { SlipwayError } from '../base/errors';

/** Bytes and the address of the first one. */
export interface Segment {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** What erased NOR flash reads as, and so what gaps hold. */
export const erasedValue = 0xff;

/**
 * Lays segments out as one flat binary from the lowest address on; gaps get `erasedValue`, as
 * `objcopy -O binary --gap-fill 0xff` does it. `file` and `kind` are for errors, which come before anything is
 * allocated: `image.no-data`, `image.scattered` for a span over `limit` bytes, `image.damaged` for an overlap.
 */
export function flatten(file: string, kind: string, segments: readonly Segment[], limit: number): Segment {
  const sorted = segments.filter(({ bytes }) => bytes.length > 0).sort((a, b) => a.address - b.address);
  const first = sorted[0];
  if (!first) throw new SlipwayError('image.no-data', { file, kind });
  const from = first.address;
  let to = from;
  for (const { address, bytes } of sorted) {
    if (address < to) {
      const reason = `two parts of it are at address 0x${address.toString(16)}`;
      throw new SlipwayError('image.damaged', { file, kind, reason });
    }
    to = address + bytes.length;
  }
  if (to - from > limit) throw new SlipwayError('image.scattered', { file, from, to, limit });
  const flat = new Uint8Array(to - from).fill(erasedValue);
  for (const { address, bytes } of sorted) flat.set(bytes, address - from);
  return { address: from, bytes: flat };
}
