import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { CoapReply, Observer } from '../coap/endpoint';
import { type Peer, peerName } from '../link/link';
import type { NotificationAttributes } from '../lwm2m/notification-attributes';
import { isWithin } from '../lwm2m/path';

/** What decides when an observation notifies (LwM2M Core §7.3.2). */
export interface Timing {
  readonly clock: Clock;
  attributesOf(path: string): NotificationAttributes;
  /** The value at `path`, if it is one number. */
  numberAt(path: string): number | undefined;
}

interface Observed {
  readonly paths: readonly string[];
  readonly read: () => CoapReply;
  readonly observer: Observer;
  /** When it notified last, ms, and with which number. */
  at: number;
  told: number | undefined;
  /** Ends pmin for a change that waits, or pmax. */
  timer: Disposable | undefined;
}

/** Who observes what. Changes made together go out as one notification, no sooner and no later than attributes say. */
export class Observations implements Disposable {
  private readonly observed = new Map<string, Observed>();
  private readonly pending = new Set<string>();
  private flushing = false;

  constructor(
    private readonly read: (path: string, accept: number | undefined) => CoapReply,
    /** A fault: notifications never leave. */
    private readonly silent: boolean,
    private readonly timing?: Timing,
  ) {}

  /** Adds an observation; one of the same peer and path replaces the one before. */
  add(path: string, accept: number | undefined, observer: Observer, peer: Peer): void {
    this.enter(path, [path], () => this.read(path, accept), observer, peer);
  }

  /** As `add`, of several paths together (Observe-Composite), which `read` reads. */
  addComposite(paths: readonly string[], read: () => CoapReply, observer: Observer, peer: Peer): void {
    this.enter(paths.join(' '), paths, read, observer, peer);
  }

  /** Ends that of a path, or of several, joined by a space. */
  cancel(peer: Peer, name: string): void {
    this.end(keyOf(peer, name));
  }

  /** Notifies whoever observes one of `paths`, or something above or below. */
  changed(paths: readonly string[]): void {
    if (this.silent) return;
    for (const [key, entry] of this.observed) {
      const concerns = (changed: string): boolean =>
        entry.paths.some((path) => isWithin(changed, path) || isWithin(path, changed));
      if (paths.some(concerns)) this.pending.add(key);
    }
    if (this.pending.size > 0 && !this.flushing) {
      this.flushing = true;
      queueMicrotask(() => this.flush());
    }
  }

  /** Attributes of `path` are others now: pmax begins anew for what lies there or below. */
  attributesChanged(path: string): void {
    for (const [key, entry] of this.observed) {
      if (entry.paths.some((observed) => isWithin(observed, path))) this.awaitPmax(key, entry);
    }
  }

  dispose(): void {
    for (const key of [...this.observed.keys()]) this.end(key);
  }

  private enter(
    name: string,
    paths: readonly string[],
    read: () => CoapReply,
    observer: Observer,
    peer: Peer,
  ): void {
    const key = keyOf(peer, name);
    this.end(key);
    const entry: Observed = {
      paths,
      read,
      observer,
      at: this.now(),
      told: this.number(paths),
      timer: undefined,
    };
    this.observed.set(key, entry);
    observer.onDidEnd(() => {
      if (this.observed.get(key) === entry) this.end(key);
    });
    this.awaitPmax(key, entry);
  }

  private end(key: string): void {
    this.observed.get(key)?.timer?.dispose();
    this.observed.delete(key);
  }

  private flush(): void {
    this.flushing = false;
    const keys = [...this.pending];
    this.pending.clear();
    for (const key of keys) {
      const entry = this.observed.get(key);
      if (entry && this.isNews(entry)) this.notifyInTime(key, entry);
    }
  }

  /** At once, or when pmin is over. */
  private notifyInTime(key: string, entry: Observed): void {
    const { pmin } = this.attributes(entry);
    const left = entry.at + (pmin ?? 0) * 1000 - this.now();
    if (!this.timing || left <= 0) return this.notify(key, entry);
    entry.timer?.dispose();
    entry.timer = this.timing.clock.schedule(left, () => this.notify(key, entry));
  }

  private notify(key: string, entry: Observed): void {
    entry.at = this.now();
    entry.told = this.number(entry.paths);
    entry.observer.notify(entry.read());
    this.awaitPmax(key, entry);
  }

  /** A pmax that is not above pmin is ignored (§7.3.2). */
  private awaitPmax(key: string, entry: Observed): void {
    entry.timer?.dispose();
    entry.timer = undefined;
    const { pmin, pmax } = this.attributes(entry);
    if (this.silent || !this.timing || !pmax || pmax <= (pmin ?? 0)) return;
    const left = Math.max(0, entry.at + pmax * 1000 - this.now());
    entry.timer = this.timing.clock.schedule(left, () => this.notify(key, entry));
  }

  /** Without thresholds every change is; with them one that crosses one of them, or is a step away from what was told. */
  private isNews(entry: Observed): boolean {
    const { gt, lt, st } = this.attributes(entry);
    const thresholds = [gt, lt].filter((threshold) => typeof threshold === 'number');
    const value = this.number(entry.paths);
    const { told } = entry;
    if ((thresholds.length === 0 && typeof st !== 'number') || value === undefined || told === undefined) {
      return true;
    }
    const crosses = thresholds.some((threshold) => value > threshold !== told > threshold);
    return crosses || (typeof st === 'number' && Math.abs(value - told) >= st);
  }

  /** Those of a composite observation are none of its paths’ (§6.4.4). */
  private attributes({ paths: [path = '', ...others] }: Observed): NotificationAttributes {
    return others.length === 0 ? (this.timing?.attributesOf(path) ?? {}) : {};
  }

  private number([path = '', ...others]: readonly string[]): number | undefined {
    return others.length === 0 ? this.timing?.numberAt(path) : undefined;
  }

  private now(): number {
    return this.timing?.clock.now() ?? 0;
  }
}

function keyOf(peer: Peer, name: string): string {
  return `${peerName(peer)} ${name}`;
}
