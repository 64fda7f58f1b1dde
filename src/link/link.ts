import type { Disposable } from '../base/disposable';
import type { SlipwayError } from '../base/errors';
import type { Event } from '../base/event';
import type { Capabilities } from './coap-tcp/signals';

export type LinkKind = 'serial' | 'tcp' | 'udp' | 'coap+tcp' | 'memory';

/** Whether boards on a network register over such links: any number, and none has a console. */
export function isNetwork(kind: LinkKind): boolean {
  return kind === 'udp' || kind === 'coap+tcp';
}

/** The scheme of URIs on a link of that kind (RFC 7252 §6.1, RFC 8323 §8.1). */
export function coapScheme(kind: LinkKind): 'coap' | 'coap+tcp' {
  return kind === 'coap+tcp' ? 'coap+tcp' : 'coap';
}

/**
 * - `opening`: first attempt under way
 * - `open`: datagrams flow
 * - `waiting`: it vanished or could not be opened (`error` says why); tried again with back-off
 * - `released`: given to another tool until `retake`
 * - `closed`: disposed, for good
 */
export type LinkState = 'opening' | 'open' | 'waiting' | 'released' | 'closed';

/**
 * The other end of a datagram. A point-to-point link (serial, TCP, memory) is one itself, with port 0; those behind
 * its line that talk IP have addresses and ports.
 */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface Datagram {
  readonly data: Uint8Array;
  readonly peer: Peer;
}

/** What came over a line and is no datagram. */
export interface DamagedFrame {
  readonly data: Uint8Array;
  /** In a few words. */
  readonly reason: string;
}

/** Carries CoAP datagrams, and console text beside them, to and from boards. */
export interface Link extends Disposable {
  /** Stable identity and address in one: `serial:/dev/ttyUSB0`, `tcp://host:port`, `udp://host:port`,
   * `coap+tcp://host:port`, `memory:name`. */
  readonly id: string;
  readonly kind: LinkKind;
  readonly state: LinkState;
  /** Why the state is `waiting`. */
  readonly error: SlipwayError | undefined;
  /** The other end of a point-to-point link; undefined on a network. */
  readonly peer: Peer | undefined;
  /** Line rate in bit/s where the link has one (serial), for throughput figures. */
  readonly lineRate: number | undefined;
  readonly onDidChangeState: Event<LinkState>;
  readonly onDatagram: Event<Datagram>;
  /** Frames and packets that were dropped; only on links that can tell. */
  readonly onDamaged?: Event<DamagedFrame>;
  /** Console bytes from the board: slipmux diagnostics and text outside frames. Never fires on a network. */
  readonly onConsole: Event<Uint8Array>;
  /**
   * Sends one datagram. Resolves when handed to the operating system and, on a stream, drained.
   * Rejects `link.closed` unless the state is `open`.
   */
  send(data: Uint8Array, peer: Peer): Promise<void>;
  /** Sends console input to the board as a slipmux diagnostic frame. Rejects `link.closed` unless open. */
  writeConsole(data: Uint8Array): Promise<void>;
  /**
   * On a reliable transport, which neither loses nor reorders (RFC 8323): what the peer takes; undefined when it is not
   * connected. Links of datagrams have no such method.
   */
  capabilitiesOf?(peer: Peer): Capabilities | undefined;
  /**
   * Where `peer` reaches this end: `HOST` or `HOST:PORT`, as in a URI; undefined while that is not known. Lines have no
   * such method: what a board sends goes to the desk, whatever host it names.
   */
  authorityFor?(peer: Peer): Promise<string | undefined>;
  /** Gives the device to other tools until `retake`. On links without a device to give, a plain disconnect. */
  release(): Promise<void>;
  /** Takes the device back after `release`. */
  retake(): void;
}

/** `address:port` of a peer, or its address alone on a point-to-point link (port 0). */
export function peerName(peer: Peer): string {
  if (peer.port === 0) return peer.address;
  return peer.address.includes(':') ? `[${peer.address}]:${peer.port}` : `${peer.address}:${peer.port}`;
}

export function samePeer(a: Peer, b: Peer): boolean {
  return a.port === b.port && a.address === b.address;
}
