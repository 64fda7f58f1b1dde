import type { ResourceType } from '../objects/definition';
import type { ResourceValue } from '../values';
import { decodeUtf8, malformed } from './malformed';
import { dateFromSeconds, integerValue, secondsOf } from './scalar';

/** A value from its bytes (LwM2M Core, appendix C, column TLV). Throws `lwm2m.malformed`. */
export function readTlvValue(bytes: Uint8Array, type: ResourceType): ResourceValue {
  switch (type) {
    case 'string':
      return decodeUtf8('TLV', bytes);
    case 'integer':
    case 'unsigned':
      return readInteger(bytes, type);
    case 'time':
      return readTime(bytes);
    case 'float':
      return readFloat(bytes);
    case 'boolean':
      if (bytes.length !== 1 || bytes[0]! > 1) throw malformed('TLV', 'a boolean is one byte, 0 or 1');
      return bytes[0] === 1;
    case 'objlnk':
      if (bytes.length !== 4) throw malformed('TLV', `an object link of ${bytes.length} bytes`);
      return { objectId: view(bytes).getUint16(0), instanceId: view(bytes).getUint16(2) };
    default:
      return Uint8Array.from(bytes);
  }
}

/** The bytes of a value that is of that type. */
export function writeTlvValue(value: ResourceValue, type: ResourceType): Uint8Array {
  switch (typeof value) {
    case 'string':
      return Buffer.from(value, 'utf8');
    case 'boolean':
      return Uint8Array.of(value ? 1 : 0);
    case 'number':
    case 'bigint':
      return type === 'float' ? writeFloat(Number(value)) : writeInteger(BigInt(value), type === 'unsigned');
    default:
      if (value instanceof Date) return writeInteger(BigInt(secondsOf(value)), false);
      return value instanceof Uint8Array ? value : writeLink(value.objectId, value.instanceId);
  }
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readInteger(bytes: Uint8Array, type: 'integer' | 'unsigned'): number | bigint {
  if (![1, 2, 4, 8].includes(bytes.length)) throw malformed('TLV', `an integer of ${bytes.length} bytes`);
  const bits = bytes.length * 8;
  const raw = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const value = type === 'unsigned' ? raw : BigInt.asIntN(bits, raw);
  return integerValue(value)!;
}

function readTime(bytes: Uint8Array): Date {
  const date = dateFromSeconds(readInteger(bytes, 'integer'));
  if (!date) throw malformed('TLV', 'time out of range');
  return date;
}

function readFloat(bytes: Uint8Array): number {
  if (bytes.length !== 4 && bytes.length !== 8) throw malformed('TLV', `a float of ${bytes.length} bytes`);
  return bytes.length === 4 ? view(bytes).getFloat32(0) : view(bytes).getFloat64(0);
}

function writeInteger(value: bigint, unsigned: boolean): Uint8Array {
  const fits = (bits: number): boolean =>
    (unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value)) === value;
  const length = [1, 2, 4].find((bytes) => fits(bytes * 8)) ?? 8;
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64BE(BigInt.asUintN(64, value));
  return eight.subarray(8 - length);
}

function writeFloat(value: number): Uint8Array {
  if (Object.is(Math.fround(value), value)) {
    const four = Buffer.alloc(4);
    four.writeFloatBE(value);
    return four;
  }
  const eight = Buffer.alloc(8);
  eight.writeDoubleBE(value);
  return eight;
}

function writeLink(objectId: number, instanceId: number): Uint8Array {
  const four = Buffer.alloc(4);
  four.writeUInt16BE(objectId, 0);
  four.writeUInt16BE(instanceId, 2);
  return four;
}
