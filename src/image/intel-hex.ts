import type { Segment } from './segments';

/**
 * Reads Intel HEX (Intel Hexadecimal Object File Format Specification, rev. A, 1988): the data of its records, adjacent
 * ones joined. Start addresses mean nothing for an image and are passed over. Throws RangeError with the line for
 * whatever breaks a rule, and for a file that was cut off before its End of File record.
 */
export function parseIntelHex(text: string): readonly Segment[] {
  const runs: { address: number; parts: Uint8Array[]; end: number }[] = [];
  let base = 0;
  let isSegmented = false;
  let ended = false;
  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const fail = (what: string): never => {
      throw new RangeError(`line ${index + 1}: ${what}`);
    };
    if (ended) fail('there is more after the End of File record');
    const { offset, type, data } = parseRecord(line, fail);
    switch (type) {
      case 0x00: {
        const address = base + offset;
        // Offsets wrap within their segment (§3, DRI = LOAD OFFSET + n modulo 64K); linkers never let them.
        if (offset + data.length > (isSegmented ? 0x1_0000 : 0x1_0000_0000 - base)) {
          fail('its data goes past the end of the address space');
        }
        const last = runs.at(-1);
        if (last?.end === address) {
          last.parts.push(data);
          last.end += data.length;
        } else runs.push({ address, parts: [data], end: address + data.length });
        break;
      }
      case 0x01:
        ended = true;
        break;
      case 0x02:
        base = readU16(data, fail) * 16;
        isSegmented = true;
        break;
      case 0x04:
        base = readU16(data, fail) * 0x1_0000;
        isSegmented = false;
        break;
      case 0x03:
      case 0x05:
        if (data.length !== 4) fail('a start address has four bytes');
        break;
      default:
        fail(`unknown record type ${type}`);
    }
  }
  if (!ended) throw new RangeError('the End of File record is missing');
  return runs.map(({ address, parts }) => ({ address, bytes: Uint8Array.from(Buffer.concat(parts)) }));
}

interface HexRecord {
  readonly offset: number;
  readonly type: number;
  readonly data: Uint8Array;
}

function parseRecord(line: string, fail: (what: string) => never): HexRecord {
  if (!/^:(?:[0-9a-f]{2}){5,}$/i.test(line)) fail('no record of Intel HEX');
  const bytes = Buffer.from(line.slice(1), 'hex');
  if (bytes.length !== bytes[0]! + 5) {
    fail(`${bytes[0]!} data bytes are announced, ${bytes.length - 5} are there`);
  }
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0) fail('the checksum does not match');
  return { offset: bytes.readUInt16BE(1), type: bytes[3]!, data: bytes.subarray(4, -1) };
}

function readU16(data: Uint8Array, fail: (what: string) => never): number {
  if (data.length !== 2) fail('an extended address has two bytes');
  return data[0]! * 256 + data[1]!;
}
