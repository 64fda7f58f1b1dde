import { filterArmThumb, unfilterArmThumb } from '../lzma/arm-thumb';
import { decodeLzma2, encodeLzma2, propertiesByte } from '../lzma/lzma2';
import type { LzmaProperties } from '../lzma/model';
import { imageFlags } from './constants';
import type { ImageHeader } from './header';
import type { Compression } from './options';

/** What MCUboot’s decoder has room for (imgtool’s `comp_default_…`). */
const properties: LzmaProperties = { lc: 3, lp: 1, pb: 2 };
const dictionarySize = 0x2_0000;

/** Before the raw LZMA2: its dictionary’s size in the code of xz (2 or 3 shifted by 11 and more), and its properties. */
const bodyHeader = Uint8Array.of(10, propertiesByte(properties));

/** A body as `imgtool sign --compression` lays it out. */
export function compressBody(body: Uint8Array, compression: Exclude<Compression, 'none'>): Uint8Array {
  const filtered = compression === 'lzma2-arm-thumb' ? filterArmThumb(body) : body;
  const packed = encodeLzma2(filtered, properties, dictionarySize);
  return Uint8Array.from(Buffer.concat([bodyHeader, packed]));
}

/**
 * The body as it was, of exactly `size` bytes. Throws RangeError for what can’t be decompressed or comes out in another
 * size.
 */
export function decompressBody(body: Uint8Array, { flags }: ImageHeader, size: number): Uint8Array {
  if ((flags & imageFlags.compressedLzma2) === 0) {
    throw new RangeError('it is LZMA1, which no released MCUboot takes');
  }
  if (Buffer.compare(body.subarray(0, 2), bodyHeader) !== 0) {
    throw new RangeError('other properties than MCUboot’s');
  }
  const plain = decodeLzma2(body.subarray(2), size);
  if (plain.length !== size) throw new RangeError(`${plain.length} bytes come out instead of ${size}`);
  return (flags & imageFlags.compressedArmThumb) !== 0 ? unfilterArmThumb(plain) : plain;
}
