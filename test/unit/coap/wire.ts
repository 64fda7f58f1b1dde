import { nullLog } from '../../../src/base/log';
import type { CoapEndpoint } from '../../../src/coap/endpoint';
import { type CoapMessage, type CoapOption, decodeMessage, encodeMessage } from '../../../src/coap/message';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import { decodeBlock, encodeBlock, encodeUint, pathOptions } from '../../../src/coap/options';
import { type MemoryLink, createMemoryLinkPair } from '../../../src/link/memory-link';
import type { Peer } from '../../../src/link/link';
import { FakeClock, settle } from '../support/fake-clock';
import { until } from '../support/until';

/** An endpoint on one end of a link, and messages by hand on the other. */
export class Wire {
  readonly clock = new FakeClock();
  readonly host: MemoryLink;
  readonly far: MemoryLink;
  readonly endpoint: CoapEndpoint;
  /** Everything that the endpoint sent and `next` has not given. */
  readonly received: CoapMessage[] = [];

  constructor() {
    [this.host, this.far] = createMemoryLinkPair('wire', { clock: this.clock });
    this.endpoint = createCoapEndpoint(this.host, { clock: this.clock, log: nullLog });
    this.far.onDatagram(({ data }) => this.received.push(decodeMessage(data)));
  }

  get peer(): Peer {
    return this.host.peer;
  }

  /** What the endpoint sent next. */
  async next(what = 'a message'): Promise<CoapMessage> {
    return await until(() => this.received.shift(), what);
  }

  /** Fails if the endpoint said anything more. */
  async nothing(): Promise<void> {
    await settle();
    const message = this.received.shift();
    if (message) throw new Error(`unexpected ${message.type} ${message.code}`);
  }

  async sendBytes(data: Uint8Array): Promise<void> {
    await this.far.send(data, this.far.peer);
    await settle();
  }

  async send(
    message: Partial<CoapMessage> & Pick<CoapMessage, 'type' | 'code' | 'messageId'>,
  ): Promise<void> {
    await this.sendBytes(
      encodeMessage({ token: new Uint8Array(0), options: [], payload: new Uint8Array(0), ...message }),
    );
  }

  /** Answers a request, piggybacked. */
  async answer(
    request: CoapMessage,
    code: string,
    options: readonly CoapOption[] = [],
    payload: Uint8Array = new Uint8Array(0),
  ): Promise<void> {
    const { messageId, token } = request;
    await this.send({ type: 'ACK', code, messageId, token, options, payload });
  }

  dispose(): void {
    this.endpoint.dispose();
    this.host.dispose();
    this.far.dispose();
  }
}

export function pathOf(message: CoapMessage): string {
  const segments = message.options.filter(({ name }) => name === 'Uri-Path');
  return segments.map(({ value }) => `/${Buffer.from(value).toString()}`).join('');
}

export function at(path: string, ...options: readonly CoapOption[]): CoapOption[] {
  return [...pathOptions(path), ...options];
}

export function block(name: 'Block1' | 'Block2', num: number, more: boolean, szx: number): CoapOption {
  return { name, value: encodeBlock({ num, more, szx }) };
}

export function uint(name: string, value: number): CoapOption {
  return { name, value: encodeUint(value) };
}

/** `num/more/size` of a Block option; undefined where there is none. */
export function blockText(message: CoapMessage, name: 'Block1' | 'Block2'): string | undefined {
  const option = message.options.find((candidate) => candidate.name === name);
  const value = option && decodeBlock(option.value);
  return value && `${value.num}/${Number(value.more)}/${2 ** (value.szx + 4)}`;
}

/** Bytes that tell where they are. */
export function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_value, index) => (index * 7 + (index >> 8)) & 0xff);
}
