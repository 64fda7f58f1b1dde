import { randomBytes } from 'node:crypto';
import { Agent } from 'coap';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore, toDisposable } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import { toHex } from '../base/hex';
import { type Peer, peerName, samePeer } from '../link/link';
import { defaultResponseTimeoutMs, requestOptions } from './confirmable';
import type { CoapRequest, RequestOptions } from './endpoint';
import type { LinkSocket } from './link-socket';
import { type CoapMessage, encodeMessage } from './message';
import { maxRetransmit, maxTransmitWaitMs } from './retransmit';

/** A request that node-coap carries. */
interface Pending {
  readonly peer: Peer;
  messageId?: number;
  answer?: CoapMessage;
  onAcknowledged: () => void;
  onReset: () => void;
}

/**
 * node-coap's agent on a link: requests that fit one message. Whatever answers one, it is shown a bare piggybacked
 * response, because it loses separate ones whose message id equals one of its own, and has its own ways with blocks.
 * Times out here, because node-coap waits 247 s, and for ever after an empty acknowledgement.
 */
export class NodeCoapClient implements Disposable {
  private readonly agent: Agent;
  private readonly pending = new Map<string, Pending>();

  constructor(
    private readonly socket: LinkSocket,
    private readonly clock: Clock,
  ) {
    // Of the socket's shape, as far as node-coap looks.
    this.agent = new Agent({ socket: socket as never });
    this.agent.on('error', () => undefined);
  }

  /** Resolves with the first response, whatever its code. Rejects `coap.timeout`, `coap.reset`, `cancelled`. */
  request(
    peer: Peer,
    request: CoapRequest,
    { signal, responseTimeoutMs = defaultResponseTimeoutMs }: RequestOptions = {},
  ): Promise<CoapMessage> {
    const { method, path, payload } = request;
    const details = { peer: peerName(peer), method, path };
    const token = randomBytes(8);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const owned = new DisposableStore();
      const { address, port } = this.socket.addressOf(peer);
      const outgoing = this.agent.request({ host: address, port, method, token, retrySend: maxRetransmit });
      const fail = (error: SlipwayError): void => {
        this.agent.abort(outgoing);
        owned.dispose();
        reject(error);
      };
      const deadline = (ms: number): Disposable =>
        owned.add(this.clock.schedule(ms, () => fail(new SlipwayError('coap.timeout', details))));
      const unacknowledged = deadline(maxTransmitWaitMs);
      const entry: Pending = {
        peer,
        onAcknowledged: () => {
          unacknowledged.dispose();
          deadline(responseTimeoutMs);
        },
        onReset: () => fail(new SlipwayError('coap.reset', details)),
      };
      const key = tokenKey(peer, token);
      this.pending.set(key, entry);
      owned.add(toDisposable(() => this.pending.delete(key)));
      const onAbort = (): void => fail(cancelled(signal));
      signal?.addEventListener('abort', onAbort, { once: true });
      owned.add(toDisposable(() => signal?.removeEventListener('abort', onAbort)));

      for (const [name, values] of grouped(request)) outgoing.setOption(name, values);
      outgoing.on('error', (cause) =>
        fail(new SlipwayError('coap.malformed', { reason: String(cause) }, { cause })),
      );
      outgoing.on('response', () => {
        owned.dispose();
        if (entry.answer) resolve(entry.answer);
      });
      outgoing.end(Buffer.from(payload ?? []));
    });
  }

  /** Learns the message id of a request that node-coap sends. */
  sent(message: CoapMessage, peer: Peer): void {
    const entry = this.pending.get(tokenKey(peer, message.token));
    if (entry) entry.messageId = message.messageId;
  }

  /** Takes what answers one of node-coap's requests; false if the message does not. */
  take(message: CoapMessage, peer: Peer): boolean {
    if (message.code === '0.00') return this.takeEmpty(message, peer);
    const entry = this.pending.get(tokenKey(peer, message.token));
    if (entry?.messageId === undefined) return false;
    if (message.type === 'ACK' && message.messageId !== entry.messageId) return false;
    entry.answer = message;
    const bare: CoapMessage = {
      type: 'ACK',
      code: message.code,
      messageId: entry.messageId,
      token: message.token,
      options: [],
      payload: new Uint8Array(0),
    };
    this.socket.receive(encodeMessage(bare), peer);
    return true;
  }

  dispose(): void {
    this.agent.close();
  }

  private takeEmpty(message: CoapMessage, peer: Peer): boolean {
    for (const entry of this.pending.values()) {
      if (entry.messageId !== message.messageId || !samePeer(entry.peer, peer)) continue;
      if (message.type === 'RST') {
        entry.onReset();
        return true;
      }
      entry.onAcknowledged();
      this.socket.receive(encodeMessage(message), peer);
      return true;
    }
    return false;
  }
}

function tokenKey(peer: Peer, token: Uint8Array): string {
  return `${peerName(peer)} ${toHex(token)}`;
}

/** A request's options with all values of each name together, as node-coap wants them. */
function grouped(request: CoapRequest): ReadonlyMap<string, Buffer[]> {
  const groups = new Map<string, Buffer[]>();
  for (const { name, value } of requestOptions(request)) {
    groups.set(name, [...(groups.get(name) ?? []), Buffer.from(value)]);
  }
  return groups;
}
