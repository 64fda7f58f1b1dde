import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter, type Event } from '../base/event';
import { toHex } from '../base/hex';
import { type Peer, peerName } from '../link/link';
import type { CoapReply, IncomingRequest, Observer } from './endpoint';
import type { Exchange } from './exchange';
import type { Exchanges } from './exchanges';
import type { CoapOption } from './message';
import { encodeUint } from './options';
import { replyOptions } from './reply-options';
import type { ResponseSlicer } from './response-slicer';
import { deliver } from './retransmit';

/** Observe values have 24 bits (RFC 7641 §3.4). */
const sequenceMask = 0xffffff;

/** Those who observe resources here, by peer and token (RFC 7641 §4.1). */
export class Observers implements Disposable {
  private readonly entries = new Map<string, ObserverEntry>();

  constructor(
    private readonly exchanges: Exchanges,
    private readonly slicer: ResponseSlicer,
    private readonly clock: Clock,
  ) {}

  /** An observer that is not heard of until `accept`. */
  create(request: IncomingRequest, token: Uint8Array): ObserverEntry {
    const key = keyOf(request.peer, token);
    return new ObserverEntry(request, token, this.exchanges, this.slicer, this.clock, (entry) => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
  }

  /** Enters an observer in place of an earlier one with its token. Returns the option for the first response. */
  accept(entry: ObserverEntry): CoapOption {
    const key = keyOf(entry.request.peer, entry.token);
    this.entries.get(key)?.end();
    this.entries.set(key, entry);
    return entry.nextSequence();
  }

  /** The peer cancels the observation under that token. */
  end(peer: Peer, token: Uint8Array): void {
    this.entries.get(keyOf(peer, token))?.end();
  }

  dispose(): void {
    for (const entry of [...this.entries.values()]) entry.end();
  }
}

function keyOf(peer: Peer, token: Uint8Array): string {
  return `${peerName(peer)} ${toHex(token)}`;
}

/**
 * One observer. Notifications are confirmable, since states change seldom and none may be missed; while one is under
 * way only the newest of the others is kept (RFC 7641 §4.5.2).
 */
export class ObserverEntry implements Observer {
  private readonly ended = new Emitter<undefined>();
  readonly onDidEnd: Event<void> = this.ended.event;
  private readonly exchange: Exchange;
  private sequence = 0;
  private isOver = false;
  private underWay: Disposable | undefined;
  private next: CoapReply | undefined;

  constructor(
    readonly request: IncomingRequest,
    readonly token: Uint8Array,
    exchanges: Exchanges,
    private readonly slicer: ResponseSlicer,
    private readonly clock: Clock,
    private readonly onEnd: (entry: ObserverEntry) => void,
  ) {
    this.exchange = exchanges.openExchange(request.peer);
  }

  nextSequence(): CoapOption {
    this.sequence = (this.sequence + 1) & sequenceMask;
    return { name: 'Observe', value: encodeUint(this.sequence) };
  }

  notify(reply: CoapReply): void {
    if (this.isOver || this.sequence === 0) return;
    this.next = reply;
    if (!this.underWay) this.sendNext();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.underWay?.dispose();
    this.exchange.dispose();
    this.onEnd(this);
    this.ended.fire(undefined);
    this.ended.dispose();
  }

  private sendNext(): void {
    const reply = this.next;
    if (!reply) return;
    this.next = undefined;
    const { reply: shown, options, payload } = this.slicer.first(this.request, reply, undefined);
    const isError = !shown.code.startsWith('2.');
    const message = {
      type: 'CON' as const,
      code: shown.code,
      messageId: this.exchange.nextMessageId(),
      token: this.token,
      options: [...replyOptions(shown), ...(isError ? [] : [this.nextSequence()]), ...options],
      payload,
    };
    this.underWay = deliver(this.exchange, message, this.clock, (delivery) => {
      this.underWay = undefined;
      // An error is the last that an observer hears (RFC 7641 §4.2).
      if (delivery !== 'acknowledged' || isError) this.end();
      else this.sendNext();
    });
  }
}
