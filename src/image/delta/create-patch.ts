import { ByteWriter } from './byte-writer';
import { crleEncode } from './crle';
import { patchEntries } from './entries';
import { heatshrinkDefaults, heatshrinkEncode, heatshrinkHeader } from './heatshrink';
import { type Compression, compressions, sequentialType, writeSize } from './patch-format';

/**
 * A patch that makes `target` of `base` (see patch-format.ts). Takes about a second of one core for 600 KB, so it
 * belongs in a worker: see `delta-worker.ts`.
 */
export function createPatch(
  base: Uint8Array,
  target: Uint8Array,
  compression: Compression = 'heatshrink',
): Uint8Array {
  const patch = new ByteWriter();
  patch.byte((sequentialType << 4) | compressions[compression]);
  writeSize(patch, target.length);
  if (target.length === 0) return patch.result();
  const entries = new ByteWriter();
  // No data format of its own.
  writeSize(entries, 0);
  entries.append(patchEntries(asBuffer(base), asBuffer(target)));
  patch.append(compress(entries.result(), compression));
  return patch.result();
}

function compress(bytes: Uint8Array, compression: Compression): Uint8Array {
  switch (compression) {
    case 'none':
      return bytes;
    case 'crle':
      return crleEncode(bytes);
    case 'heatshrink':
      return Buffer.concat([heatshrinkHeader(heatshrinkDefaults), heatshrinkEncode(bytes)]);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
