import { malformed } from './malformed';

/** Bits 7–6 of the type byte (LwM2M Core §7.4.3, OMA-TLV). */
export type TlvKind = 'instance' | 'resource-instance' | 'multiple-resource' | 'resource';

const KINDS: readonly TlvKind[] = ['instance', 'resource-instance', 'multiple-resource', 'resource'];

/** Bit 5: the identifier takes two bytes. */
const LONG_ID = 0x20;
/** Bits 4–3: how many bytes the length field takes; with none, bits 2–0 are the length. */
const LENGTH_SHIFT = 3;
const MAX_LENGTH = 0xffffff;

export interface TlvEntry {
  readonly kind: TlvKind;
  readonly id: number;
  readonly value: Uint8Array;
}

/** Splits `data` into its entries, without a look into their values. Throws `lwm2m.malformed`. */
export function readEntries(data: Uint8Array): readonly TlvEntry[] {
  const entries: TlvEntry[] = [];
  let position = 0;
  const number = (bytes: number): number => {
    let value = 0;
    for (let left = bytes; left > 0; left--) {
      const byte = data[position++];
      if (byte === undefined) throw malformed('TLV', 'cut short in a header');
      value = value * 256 + byte;
    }
    return value;
  };
  while (position < data.length) {
    const type = number(1);
    const id = number(type & LONG_ID ? 2 : 1);
    const lengthBytes = (type >> LENGTH_SHIFT) & 3;
    const length = lengthBytes === 0 ? type & 7 : number(lengthBytes);
    if (length > data.length - position) throw malformed('TLV', `length ${length} is beyond the end`);
    entries.push({ kind: KINDS[type >> 6]!, id, value: data.subarray(position, position + length) });
    position += length;
  }
  return entries;
}

/** The bytes of one entry, with the shortest header. */
export function writeEntry({ kind, id, value }: TlvEntry): Uint8Array {
  if (value.length > MAX_LENGTH) throw new RangeError('a TLV value is at most 16777215 bytes long');
  const lengthBytes = value.length < 8 ? 0 : value.length < 0x100 ? 1 : value.length < 0x10000 ? 2 : 3;
  const idBytes = id < 0x100 ? 1 : 2;
  const entry = Buffer.alloc(1 + idBytes + lengthBytes + value.length);
  entry[0] =
    (KINDS.indexOf(kind) << 6) |
    (idBytes === 2 ? LONG_ID : 0) |
    (lengthBytes << LENGTH_SHIFT) |
    (lengthBytes === 0 ? value.length : 0);
  entry.writeUIntBE(id, 1, idBytes);
  if (lengthBytes > 0) entry.writeUIntBE(value.length, 1 + idBytes, lengthBytes);
  entry.set(value, 1 + idBytes + lengthBytes);
  return entry;
}
