import { isIPv4, isIPv6 } from 'node:net';

/** `::`, and what it reads as after `addressText`. */
export const unspecifiedV6 = '::';

/** Network order: 4 bytes of an IPv4 address, 16 of an IPv6 address (RFC 4291 §2.2). Throws RangeError for anything else. */
export function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  if (!isIPv6(address)) throw new RangeError(`no IP address: ${address}`);
  const [plain = ''] = address.split('%');
  // The last four bytes may be written as an IPv4 address.
  const [, head = plain, tail] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(plain) ?? [];
  const words = tail === undefined ? head : head + wordsOfV4(tail);
  const [left = '', right] = words.split('::');
  const before = groups(left);
  const after = groups(right ?? '');
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...zeros, ...after].flatMap((word) => [word >> 8, word & 0xff]));
}

/** The text of 4 or 16 bytes; IPv6 as RFC 5952 recommends, which is also how Node writes addresses of peers. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, index) => bytes[2 * index]! * 256 + bytes[2 * index + 1]!);
  const { start, length } = longestZeros(words);
  const hex = (part: readonly number[]): string => part.map((word) => word.toString(16)).join(':');
  if (length < 2) return hex(words);
  return `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`;
}

/** Whether a datagram to `address` is for more than one host: IPv4 multicast and broadcast, IPv6 multicast. */
export function isForMany(address: string): boolean {
  const first = addressBytes(address)[0]!;
  return isIPv4(address) ? first >= 224 : first === 0xff;
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => parseInt(group, 16));
}

function wordsOfV4(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function longestZeros(words: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  words.forEach((word, index) => {
    if (word !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}
