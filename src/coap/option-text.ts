import { toHex } from '../base/hex';
import type { CoapOption } from './message';
import { BERT_SZX, blockSize, decodeBlock, decodeUint } from './options';

/** Options of format uint (RFC 7252 §5.10, RFC 7641 §2, RFC 7959 §4, RFC 8768 §3). */
const uints: ReadonlySet<string> = new Set([
  'Content-Format',
  'Accept',
  'Max-Age',
  'Observe',
  'Size1',
  'Size2',
  'Uri-Port',
  'Hop-Limit',
]);

/** Options of format string (RFC 7252 §5.10). */
const strings: ReadonlySet<string> = new Set([
  'Uri-Host',
  'Uri-Path',
  'Uri-Query',
  'Location-Path',
  'Location-Query',
  'Proxy-Uri',
  'Proxy-Scheme',
]);

/** IANA "CoAP Content-Formats". */
const contentFormats: Readonly<Record<number, string>> = {
  0: 'text/plain',
  40: 'application/link-format',
  42: 'application/octet-stream',
  50: 'application/json',
  60: 'application/cbor',
  110: 'application/senml+json',
  112: 'application/senml+cbor',
  11542: 'application/vnd.oma.lwm2m+tlv',
  11543: 'application/vnd.oma.lwm2m+json',
  11544: 'application/vnd.oma.lwm2m+cbor',
};

/** Values are shown up to here, characters. */
const mostText = 300;

/**
 * The value of an option in words: `3, more to come, 1024 bytes`, `application/cbor (60)`, hex where it has no meaning
 * here.
 */
export function optionText({ name, value }: CoapOption): string {
  if (strings.has(name)) return Buffer.from(value).toString('utf8').slice(0, mostText);
  if (name === 'Block1' || name === 'Block2') return blockText(value) ?? hexText(value);
  if (!uints.has(name)) return hexText(value);
  const number = decodeUint(value);
  if (number === undefined) return hexText(value);
  if (name === 'Content-Format' || name === 'Accept') return contentFormatText(number);
  return String(number);
}

/** `application/cbor (60)`. */
export function contentFormatText(number: number): string {
  const name = contentFormats[number];
  return name === undefined ? String(number) : `${name} (${number})`;
}

function blockText(value: Uint8Array): string | undefined {
  const block = decodeBlock(value, BERT_SZX);
  if (!block) return undefined;
  const size = block.szx === BERT_SZX ? 'BERT' : `${blockSize(block.szx)} bytes`;
  return `${block.num}, ${block.more ? 'more' : 'last'}, ${size}`;
}

function hexText(value: Uint8Array): string {
  return value.length === 0 ? '(empty)' : toHex(value.subarray(0, mostText / 2));
}
