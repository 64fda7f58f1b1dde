import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import { Emitter, type Event } from '../base/event';
import type { Log } from '../base/log';
import type { CoapRequest, CoapResponse, Observation, RequestOptions } from './endpoint';
import type { Exchange } from './exchange';
import { type CoapMessage, type CoapOption, optionOf } from './message';
import { encodeUint } from './options';
import { uintOf } from './responses';

/** What an observation needs of its endpoint. */
export interface ObservationDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Whether notifications come in the order they were sent: their numbers then mean nothing (RFC 8323 §7.1). */
  readonly isOrdered: boolean;
  /** Sends the observation's request with the Observe option, under its token. */
  send(extraOptions: readonly CoapOption[], options: RequestOptions): Promise<CoapMessage>;
  /** Fetches the blocks that a response leaves out. */
  complete(message: CoapMessage, options: RequestOptions): Promise<CoapResponse>;
  onDispose(): void;
}

/** A notification this much later is newer, whatever its number says (RFC 7641 §3.4), ms. */
const freshnessMs = 128_000;

/** The client's side of an observation (RFC 7641): its own token, notifications in order, large ones completed. */
export class ClientObservation implements Observation {
  private readonly ended = new Emitter<undefined>();
  readonly onDidEnd: Event<void> = this.ended.event;
  private readonly abort = new AbortController();
  private readonly early: CoapMessage[] = [];
  private readonly subscription;
  private firstResponse: CoapResponse | undefined;
  private last: { readonly value: number; readonly at: number } | undefined;
  /** Counts notifications, so that a slow large one never overtakes a newer one. */
  private newest = 0;

  constructor(
    private readonly exchange: Exchange,
    private readonly request: CoapRequest,
    private readonly onNotification: (response: CoapResponse) => void,
    private readonly deps: ObservationDeps,
  ) {
    this.subscription = exchange.onMessage((message) => {
      if (message.code === '0.00') return;
      if (this.firstResponse) this.take(message);
      else this.early.push(message);
    });
  }

  get first(): CoapResponse {
    if (!this.firstResponse) throw new Error('not begun');
    return this.firstResponse;
  }

  /** Registers. Rejects as `CoapEndpoint.observe`; then it is over. */
  async begin(options: RequestOptions): Promise<this> {
    try {
      const message = await this.deps.send([{ name: 'Observe', value: encodeUint(0) }], options);
      const value = uintOf(message, 'Observe');
      if (!message.code.startsWith('2.') || value === undefined) throw this.refused(message);
      this.last = { value, at: this.deps.clock.now() };
      this.firstResponse = await this.deps.complete(message, options);
      // The first answer is among them.
      for (const earlier of this.early.splice(0)) if (earlier !== message) this.take(earlier);
      return this;
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  async cancel(): Promise<void> {
    if (this.abort.signal.aborted) return;
    // The answer comes under the token of the notifications, and is none.
    this.subscription.dispose();
    try {
      await this.deps.send([{ name: 'Observe', value: encodeUint(1) }], {});
    } finally {
      this.dispose();
    }
  }

  dispose(): void {
    if (this.abort.signal.aborted) return;
    this.abort.abort();
    this.deps.onDispose();
    this.subscription.dispose();
    this.exchange.dispose();
    this.ended.dispose();
  }

  /** Ends it and says so: the endpoint is gone. */
  end(): void {
    if (this.abort.signal.aborted) return;
    this.ended.fire(undefined);
    this.dispose();
  }

  private take(message: CoapMessage): void {
    const value = uintOf(message, 'Observe');
    const isLast = value === undefined || !message.code.startsWith('2.');
    if (!isLast && !this.deps.isOrdered && !this.isNewer(value)) return;
    if (!isLast) this.last = { value, at: this.deps.clock.now() };
    const number = ++this.newest;
    const deliver = (response: CoapResponse): void => {
      if (this.abort.signal.aborted || number !== this.newest) return;
      if (response.code.startsWith('2.')) this.onNotification(response);
      if (isLast) this.end();
    };
    this.deps.complete(message, { signal: this.abort.signal }).then(deliver, (error: unknown) => {
      if (this.abort.signal.aborted) return;
      this.deps.log.warn(`${this.request.path}: a notification was not completed: ${String(error)}`);
    });
  }

  private isNewer(value: number): boolean {
    if (!this.last) return true;
    const ahead = (value - this.last.value) & 0xffffff;
    return (ahead > 0 && ahead < 2 ** 23) || this.deps.clock.now() > this.last.at + freshnessMs;
  }

  private refused(message: CoapMessage): SlipwayError {
    const { method, path } = this.request;
    const diagnostic = optionOf(message, 'Content-Format')
      ? ''
      : Buffer.from(message.payload).toString('utf8');
    const { code } = message;
    return new SlipwayError('coap.response', { method, path, code, ...(diagnostic && { diagnostic }) });
  }
}
