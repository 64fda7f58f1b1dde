import { Emitter } from '../../src/base/event';
import {
  type CoapMessage,
  type CoapOption,
  decodeMessage,
  emptyMessage,
  encodeMessage,
} from '../../src/coap/message';
import { encodeUint } from '../../src/coap/options';
import type { Datagram, Link, LinkState, Peer } from '../../src/link/link';

const address = '192.0.2.1';
const objects = Buffer.from('</1/0>,</3/0>,</5/0>');

/** What a crowd keeps of a board. */
interface Member {
  readonly tokens: Map<string, Uint8Array>;
  location: string;
  sequence: number;
  /** Told when the server has answered, or acknowledged. */
  answered: () => void;
}

/**
 * Any number of boards behind one link, each a peer with a port of its own. They are as small as boards can be, so that
 * time and memory are the server's: CoAP messages in and out, two observed resources, no retransmission.
 */
export class Crowd implements Link {
  readonly id = 'memory:crowd';
  readonly kind = 'udp';
  readonly state: LinkState = 'open';
  readonly error = undefined;
  readonly peer = undefined;
  readonly lineRate = undefined;
  private readonly states = new Emitter<LinkState>();
  private readonly datagrams = new Emitter<Datagram>();
  readonly onDidChangeState = this.states.event;
  readonly onDatagram = this.datagrams.event;
  readonly onConsole = new Emitter<Uint8Array>().event;
  private readonly members: Member[];
  private readonly arriving: (() => void)[] = [];
  private messageId = 0;

  constructor(readonly size: number) {
    this.members = Array.from({ length: size }, () => ({
      tokens: new Map<string, Uint8Array>(),
      location: '',
      sequence: 0,
      answered: () => undefined,
    }));
  }

  /** What the server sends arrives in another turn of the event loop, as from a socket. */
  send(data: Uint8Array, peer: Peer): Promise<void> {
    this.soon(() => this.receive(peer.port - 1, decodeMessage(data)));
    return Promise.resolve();
  }

  /** Registers; resolves with the server's answer. */
  async register(index: number): Promise<void> {
    const query = [`ep=board-${index}`, 'lt=86400', 'lwm2m=1.1', 'b=U'];
    await this.request(index, ['rd'], query, objects);
  }

  /** Updates the registration. */
  async update(index: number): Promise<void> {
    await this.request(index, this.members[index]!.location.split('/'), [], new Uint8Array(0));
  }

  /** Notifies of a new value of an observed resource; resolves when the server acknowledged it. */
  async notify(index: number, path: string, value: number): Promise<void> {
    const member = this.members[index]!;
    const token = member.tokens.get(path);
    if (!token) throw new Error(`board ${index}: ${path} is not observed`);
    await this.exchange(index, {
      ...this.confirmable('2.05', token),
      options: [{ name: 'Observe', value: encodeUint(++member.sequence) }, text],
      payload: Buffer.from(String(value)),
    });
  }

  writeConsole(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  retake(): void {}

  dispose(): void {
    this.states.fire('closed');
  }

  private async request(
    index: number,
    path: readonly string[],
    query: readonly string[],
    payload: Uint8Array,
  ): Promise<void> {
    const named = (name: string, texts: readonly string[]): CoapOption[] =>
      texts.map((value) => ({ name, value: Buffer.from(value) }));
    const format: CoapOption[] =
      payload.length > 0 ? [{ name: 'Content-Format', value: encodeUint(40) }] : [];
    await this.exchange(index, {
      ...this.confirmable('0.02', encodeUint(index + 1)),
      options: [...named('Uri-Path', path), ...format, ...named('Uri-Query', query)],
      payload,
    });
  }

  private async exchange(index: number, message: CoapMessage): Promise<void> {
    const answered = new Promise<void>((resolve) => (this.members[index]!.answered = resolve));
    this.deliver(index, message);
    await answered;
  }

  private confirmable(code: string, token: Uint8Array): Omit<CoapMessage, 'options' | 'payload'> {
    this.messageId = (this.messageId + 1) & 0xffff;
    return { type: 'CON', code, messageId: this.messageId, token };
  }

  private receive(index: number, message: CoapMessage): void {
    const member = this.members[index]!;
    if (message.code === '0.01') return this.answer(index, message);
    const texts = (name: string): string[] =>
      message.options
        .filter((option) => option.name === name)
        .map(({ value }) => Buffer.from(value).toString());
    const location = texts('Location-Path');
    if (location.length > 0) member.location = location.join('/');
    if (message.type === 'CON') this.deliver(index, emptyMessage('ACK', message.messageId));
    member.answered();
  }

  /** A GET, with Observe or without. */
  private answer(index: number, { messageId, token, options }: CoapMessage): void {
    const path = options
      .filter(({ name }) => name === 'Uri-Path')
      .map(({ value }) => `/${Buffer.from(value).toString()}`)
      .join('');
    const isObserve = options.some(({ name }) => name === 'Observe');
    const member = this.members[index]!;
    if (isObserve) member.tokens.set(path, token);
    this.deliver(index, {
      type: 'ACK',
      code: '2.05',
      messageId,
      token,
      options: [...(isObserve ? [{ name: 'Observe', value: encodeUint(++member.sequence) }] : []), text],
      payload: Buffer.from('0'),
    });
  }

  private deliver(index: number, message: CoapMessage): void {
    const data = encodeMessage(message);
    this.soon(() => this.datagrams.fire({ data, peer: { address, port: index + 1 } }));
  }

  private soon(arrive: () => void): void {
    if (this.arriving.push(arrive) > 1) return;
    setImmediate(() => {
      for (const each of this.arriving.splice(0)) each();
    });
  }
}

/** text/plain (RFC 7252 §12.3); values are single ones. */
const text: CoapOption = { name: 'Content-Format', value: new Uint8Array(0) };
