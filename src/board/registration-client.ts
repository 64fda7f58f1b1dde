import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { CoapEndpoint, CoapResponse } from '../coap/endpoint';
import type { Peer } from '../link/link';

export interface RegistrationClientOptions {
  readonly coap: CoapEndpoint;
  readonly server: Peer;
  readonly clock: Clock;
  readonly log: Log;
  /** Endpoint client name. */
  readonly endpoint: string;
  /** Lifetime in seconds, asked before each registration and update. */
  readonly lifetime: () => number;
  readonly links: () => Uint8Array;
  /** Whether the server is told that the board sleeps between its messages (Core 1.1 §6.5). */
  readonly queueMode?: boolean;
  /** Told once a registration stands. */
  readonly onDidRegister: () => void;
}

/** ms between attempts while the server can't be reached, doubling. */
const firstRetryMs = 1000;
const lastRetryMs = 60_000;
/** Before a request is sent a second time (ACK_TIMEOUT, RFC 7252 §4.8), ms. */
const youngMs = 2000;
/** How long de-registering may take when the board goes, ms. */
const goodbyeMs = 3000;
/** Longest delay that a timer of Node takes; longer ones would fire at once. */
const maxTimerMs = 2 ** 31 - 1;

/** Registers, updates the registration before its lifetime ends, and registers anew when it is lost (Core §6.2). */
export class RegistrationClient implements Disposable {
  private readonly abort = new AbortController();
  private location: string | undefined;
  /** Links that the server was told last. */
  private toldLinks = '';
  /** Lifetime that the server was told last, seconds. */
  private told: number | undefined;
  private wake: (() => void) | undefined;
  /** Cuts short the request that is under way. */
  private attempt = new AbortController();
  private attemptedAt = 0;
  private hurried = false;

  constructor(private readonly options: RegistrationClientOptions) {}

  /** Runs until disposed. */
  async run(): Promise<void> {
    const { clock, log, endpoint } = this.options;
    let retryMs = firstRetryMs;
    while (!this.isStopped()) {
      this.attempt = new AbortController();
      this.attemptedAt = clock.now();
      this.hurried = false;
      try {
        await (this.location === undefined ? this.register() : this.update());
        retryMs = firstRetryMs;
        if (this.location !== undefined) await this.untilUpdate();
      } catch (error) {
        if (this.isStopped()) return;
        log.debug(`${endpoint}: registration: ${String(error)}`);
        this.location = undefined;
        if (this.isHurried()) {
          retryMs = firstRetryMs;
          continue;
        }
        await this.untilWoken(retryMs);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
  }

  /** Sends a registration update now, or tries to register now: the server is there and asks for it. */
  updateNow(): void {
    if (this.wake) this.wake();
    // The answer to a young request may be on its way; an older one waits long for its next retransmission.
    else if (this.options.clock.now() - this.attemptedAt > youngMs) {
      this.hurried = true;
      this.attempt.abort();
    }
  }

  /** Sends values in SenML CBOR to the Send path (Core §6.4.6). Rejects where the server refuses them. */
  async send(payload: Uint8Array): Promise<void> {
    const { coap, server } = this.options;
    const request = { method: 'POST', path: '/dp', contentFormat: 112, payload } as const;
    const { code } = await coap.request(server, request, { signal: this.abort.signal });
    if (!code.startsWith('2.')) {
      throw new SlipwayError('coap.response', { method: 'POST', path: '/dp', code });
    }
  }

  /** Tells the server that the board goes, as far as it still answers, and stops. */
  async deregister(): Promise<void> {
    const { coap, server, clock } = this.options;
    this.dispose();
    if (this.location === undefined) return;
    const abort = new AbortController();
    const timer = clock.schedule(goodbyeMs, () => abort.abort());
    try {
      await coap.request(server, { method: 'DELETE', path: this.location }, { signal: abort.signal });
    } catch {
      // The server's lifetime timer will find out.
    } finally {
      timer.dispose();
    }
  }

  /** Stops without a word, as a board without power does. */
  dispose(): void {
    this.abort.abort();
    this.wake?.();
  }

  private isStopped(): boolean {
    return this.abort.signal.aborted;
  }

  private isHurried(): boolean {
    return this.hurried;
  }

  private async register(): Promise<void> {
    const { endpoint, onDidRegister, queueMode } = this.options;
    // UDP stands for every transport of datagrams (LwM2M Transport §6).
    const binding = this.options.coap.link.capabilitiesOf ? 'T' : 'U';
    const query = [
      `ep=${endpoint}`,
      this.tellLifetime(),
      'lwm2m=1.1',
      `b=${binding}`,
      ...(queueMode ? ['Q'] : []),
    ];
    const response = await this.post('/rd', query, this.tellLinks());
    if (response.code !== '2.01' || response.locationPath === undefined) {
      throw new Error(`the server answered ${response.code} to the registration`);
    }
    this.location = response.locationPath;
    onDidRegister();
  }

  private async update(): Promise<void> {
    // Objects and instances that came or went are told, others are not (Core §6.2.2).
    const isNews = Buffer.from(this.options.links()).toString() !== this.toldLinks;
    const links = isNews ? this.tellLinks() : undefined;
    const response = await this.post(this.location ?? '/rd', [this.tellLifetime()], links);
    // 4.04: the server forgot this board (Core §6.2.2); the next round registers anew.
    if (!response.code.startsWith('2.')) this.location = undefined;
  }

  private tellLinks(): Uint8Array {
    const links = this.options.links();
    this.toldLinks = Buffer.from(links).toString();
    return links;
  }

  private tellLifetime(): string {
    this.told = this.options.lifetime();
    return `lt=${this.told}`;
  }

  private post(path: string, query: readonly string[], payload?: Uint8Array): Promise<CoapResponse> {
    const { coap, server } = this.options;
    return coap.request(
      server,
      { method: 'POST', path, query, ...(payload && { contentFormat: 40, payload }) },
      { signal: AbortSignal.any([this.abort.signal, this.attempt.signal]) },
    );
  }

  /** Waits for most of the lifetime, so that an update that gets lost can be sent again. */
  private async untilUpdate(): Promise<void> {
    const lifetime = this.options.lifetime();
    // It changed while the answer to the last request was awaited.
    if (lifetime !== this.told) return;
    await this.untilWoken(Math.min(lifetime * 800, maxTimerMs));
  }

  private untilWoken(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.clock.schedule(waitMs, () => this.wake?.());
      this.wake = () => {
        this.wake = undefined;
        timer.dispose();
        resolve();
      };
      if (this.abort.signal.aborted) this.wake();
    });
  }
}
