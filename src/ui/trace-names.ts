import { type Disposable } from '../base/disposable';
import type { TraceEntry } from '../coap/trace-recorder';
import { type Peer, peerName } from '../link/link';
import type { Board } from '../lwm2m/board';
import type { Lwm2mServer } from '../lwm2m/server';
import { linkName } from './wording';

/** Places that are remembered: more than boards that a desk has. */
const mostPlaces = 20_000;

/** What boards are called, by where their messages come from: also of those that are gone by now. */
export class TraceNames implements Disposable {
  private readonly names = new Map<string, string>();
  private readonly subscription: Disposable;

  constructor(server: Pick<Lwm2mServer, 'boards' | 'onDidChangeBoard'>) {
    for (const board of server.boards.values()) this.learn(board);
    this.subscription = server.onDidChangeBoard(({ board, change }) => {
      if (change.kind === 'registered' || change.kind === 'updated') this.learn(board);
    });
  }

  /** The endpoint name, or the place where no board registered from it. */
  nameOf({ link, peer }: TraceEntry): string {
    return this.names.get(placeOf(link, peer)) ?? linkName(peer.port === 0 ? link : peerName(peer));
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private learn({ endpoint, link, registration }: Board): void {
    const place = placeOf(link.id, registration.peer);
    this.names.delete(place);
    this.names.set(place, endpoint);
    if (this.names.size <= mostPlaces) return;
    const [oldest] = this.names.keys();
    if (oldest !== undefined) this.names.delete(oldest);
  }
}

function placeOf(link: string, peer: Peer): string {
  return `${link} ${peerName(peer)}`;
}
