import { LzmaDecoder } from './lzma-decoder';
import { LzmaEncoder } from './lzma-encoder';
import type { LzmaProperties } from './model';

/** Most that a chunk can say it has: 21 bits of plain bytes, 16 of packed ones. */
const chunkPlainLimit = 0x20_0000;
const chunkPackedLimit = 0x1_0000;

/** What a chunk of LZMA begins with: bits 5 and 6 of its control byte. */
const reset = { nothing: 0x80, state: 0xa0, properties: 0xc0, dictionary: 0xe0 } as const;
const plainAfterReset = 0x01;
const plain = 0x02;

/**
 * Compresses into raw LZMA2, the chunks of xz without its container. LZMA2 has no document of its own; it is described
 * by liblzma’s lzma2_decoder.c and the LZMA SDK’s Lzma2Dec.c.
 */
export function encodeLzma2(
  data: Uint8Array,
  properties: LzmaProperties,
  dictionarySize: number,
): Uint8Array {
  const encoder = new LzmaEncoder(data, properties, dictionarySize);
  const parts: Uint8Array[] = [];
  let next: number = reset.dictionary;
  let isFresh = true;
  while (encoder.position < data.length) {
    const start = encoder.position;
    const packed = encoder.encode(chunkPackedLimit, chunkPlainLimit);
    const size = encoder.position - start;
    if (packed.length < size) {
      parts.push(chunkHeader(next, size, packed.length, properties), packed);
      next = reset.nothing;
      isFresh = false;
      continue;
    }
    for (let at = start; at < encoder.position; at += chunkPackedLimit) {
      const piece = data.subarray(at, Math.min(encoder.position, at + chunkPackedLimit));
      const control = isFresh ? plainAfterReset : plain;
      parts.push(Uint8Array.of(control, (piece.length - 1) >> 8, (piece.length - 1) & 0xff), piece);
      isFresh = false;
    }
    encoder.reset();
    next = next === reset.dictionary || next === reset.properties ? reset.properties : reset.state;
  }
  parts.push(Uint8Array.of(0));
  return Uint8Array.from(Buffer.concat(parts));
}

function chunkHeader(control: number, size: number, packed: number, properties: LzmaProperties): Uint8Array {
  const plainSize = size - 1;
  const bytes = [control | (plainSize >> 16), (plainSize >> 8) & 0xff, plainSize & 0xff];
  bytes.push((packed - 1) >> 8, (packed - 1) & 0xff);
  if (control >= reset.properties) bytes.push(propertiesByte(properties));
  return Uint8Array.from(bytes);
}

export function propertiesByte({ lc, lp, pb }: LzmaProperties): number {
  return (pb * 5 + lp) * 9 + lc;
}

/** Errors: RangeError for a byte that stands for none that LZMA2 allows. */
export function propertiesOf(byte: number): LzmaProperties {
  const [lc, lp, pb] = [byte % 9, Math.floor(byte / 9) % 5, Math.floor(byte / 45)];
  if (pb > 4 || lc + lp > 4) throw new RangeError(`no properties of LZMA2: ${byte}`);
  return { lc, lp, pb };
}

/**
 * Decompresses raw LZMA2 of at most `limit` bytes, which has to end where `packed` ends. Throws RangeError for anything
 * else; a size in it is never trusted.
 */
export function decodeLzma2(packed: Uint8Array, limit: number): Uint8Array {
  const decoder = new LzmaDecoder(limit);
  let at = 0;
  // What the next chunk must at least set anew; the first one everything.
  let needed: number = reset.dictionary;
  const take = (count: number): Uint8Array => {
    if (at + count > packed.length) throw new RangeError('the compressed data are cut off');
    at += count;
    return packed.subarray(at - count, at);
  };
  while (true) {
    const [control] = take(1) as unknown as [number];
    if (control === 0) break;
    if (control < reset.nothing) {
      if (control > plain || (needed === reset.dictionary && control !== plainAfterReset)) {
        throw new RangeError(`an unknown chunk 0x${control.toString(16)}`);
      }
      if (control === plainAfterReset) decoder.resetDictionary();
      const [high, low] = take(2) as unknown as [number, number];
      decoder.copy(take(high * 256 + low + 1));
      needed = needed >= reset.properties ? reset.properties : reset.state;
      continue;
    }
    const header = take(4);
    const size = ((control & 0x1f) << 16) + header[0]! * 256 + header[1]! + 1;
    const resets = control & 0xe0;
    if (resets < needed) throw new RangeError('a chunk needs what was never set');
    if (resets === reset.dictionary) decoder.resetDictionary();
    if (resets >= reset.properties) decoder.setProperties(propertiesOf(take(1)[0]!));
    else if (resets === reset.state) decoder.resetState();
    decoder.decode(take(header[2]! * 256 + header[3]! + 1), size);
    needed = reset.nothing;
  }
  if (at !== packed.length) throw new RangeError('there is more behind the end of the compressed data');
  return decoder.output();
}
