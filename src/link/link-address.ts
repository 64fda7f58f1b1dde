import { SlipwayError } from '../base/errors';
import type { SerialOptions } from './serial-link';
import type { SocketAddress } from './socket';

type SocketKind = 'tcp' | 'tcp-listen' | 'udp' | 'coap+tcp';

/** Where a link leads, parsed. */
export type LinkAddress =
  ({ readonly kind: 'serial' } & SerialOptions) | ({ readonly kind: SocketKind } & SocketAddress);

/**
 * Parses the address of a link:
 * - `serial:PATH`, or PATH alone where it is `/dev/…` or `COM3`, with `?baudRate=…&dtr=0&rts=0` behind
 * - `tcp://HOST:PORT`, or `tcp-listen://HOST:PORT` to serve the line
 * - `udp://HOST:PORT` or `coap+tcp://HOST:PORT`, the address to bind to; port 0 takes any
 *
 * Throws `link.invalid-address`.
 */
export function parseLinkAddress(address: string): LinkAddress {
  const text = address.trim();
  const socket = /^(tcp|tcp-listen|udp|coap\+tcp):\/\/(.*)$/.exec(text);
  const parsed = socket
    ? parseSocket(socket[1] as SocketKind, socket[2]!)
    : parseSerial(text.startsWith('serial:') ? text.slice('serial:'.length) : bareSerialPath(text));
  if (!parsed) throw new SlipwayError('link.invalid-address', { address });
  return parsed;
}

function bareSerialPath(text: string): string {
  return /^(\/dev\/|COM\d)/i.test(text) ? text : '';
}

function parseSerial(text: string): LinkAddress | undefined {
  const [path, query] = split(text, '?');
  if (path === '') return undefined;
  const options: { baudRate?: number; dtr?: boolean; rts?: boolean } = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (name === 'baudRate' && /^[1-9]\d{1,7}$/.test(value)) options.baudRate = Number(value);
    else if ((name === 'dtr' || name === 'rts') && /^[01]$/.test(value)) options[name] = value === '1';
    else return undefined;
  }
  return { kind: 'serial', path, ...options };
}

function parseSocket(kind: SocketKind, text: string): LinkAddress | undefined {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s/?#@:[\]]+)):(\d{1,5})\/?$/i.exec(text);
  if (!match) return undefined;
  const port = Number(match[3]);
  if (port > 65535 || (port === 0 && kind.startsWith('tcp'))) return undefined;
  return { kind, host: (match[1] ?? match[2])!, port };
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
