import type { Clock } from '../base/clock';
import { Emitter } from '../base/event';
import { seededRandom } from '../base/random';
import type { Datagram, Link, LinkState, Peer } from '../link/link';
import type { Impairments } from '../link/memory-link';

/** A link over which datagrams are lost, changed and late both ways, as the seed has it. Console text is spared. */
export function impairLink(inner: Link, impairments: Impairments, clock: Clock, seed = 1): Link {
  const random = seededRandom(seed);
  const datagrams = new Emitter<Datagram>();
  const pass = (data: Uint8Array, arrive: (data: Uint8Array) => void): void => {
    const { loss = 0, corruption = 0, delayMs = 0 } = impairments;
    if (random() < loss) return;
    const arriving = Uint8Array.from(data);
    if (random() < corruption) {
      const at = Math.floor(random() * arriving.length);
      arriving[at] = (arriving[at] ?? 0) ^ 0x10;
    }
    const { min, max } = typeof delayMs === 'number' ? { min: delayMs, max: delayMs } : delayMs;
    const delay = min + random() * (max - min);
    if (delay > 0) clock.schedule(delay, () => arrive(arriving));
    else arrive(arriving);
  };
  const subscription = inner.onDatagram(({ data, peer }) =>
    pass(data, (arriving) => datagrams.fire({ data: arriving, peer })),
  );
  return {
    id: inner.id,
    kind: inner.kind,
    peer: inner.peer,
    lineRate: inner.lineRate,
    get state(): LinkState {
      return inner.state;
    },
    get error() {
      return inner.error;
    },
    onDidChangeState: inner.onDidChangeState,
    onDatagram: datagrams.event,
    onConsole: inner.onConsole,
    send: (data: Uint8Array, peer: Peer): Promise<void> => {
      if (inner.state !== 'open') return inner.send(data, peer);
      let sent: Promise<void> | undefined;
      pass(data, (arriving) => {
        const sending = inner.send(arriving, peer);
        sent ??= sending;
        // A datagram that was held back has nobody left to tell that the link closed meanwhile.
        sending.catch(() => undefined);
      });
      return sent ?? Promise.resolve();
    },
    writeConsole: (data) => inner.writeConsole(data),
    ...(inner.capabilitiesOf && { capabilitiesOf: (peer: Peer) => inner.capabilitiesOf?.(peer) }),
    release: () => inner.release(),
    retake: () => inner.retake(),
    dispose: () => {
      subscription.dispose();
      datagrams.dispose();
      inner.dispose();
    },
  };
}
