import type { Clock } from './clock';

interface Entry<V> {
  readonly value: V;
  readonly expiresAt: number;
}

/** A map that forgets: each entry after its time, the oldest when it is full. Needs no timer. */
export class ExpiringMap<V> {
  private readonly entries = new Map<string, Entry<V>>();

  constructor(
    private readonly clock: Clock,
    private readonly lifetimeMs: number,
    private readonly capacity: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    if (entry.expiresAt > this.clock.now()) return entry.value;
    this.entries.delete(key);
    return undefined;
  }

  /** Sets an entry and begins its time anew. */
  set(key: string, value: V): void {
    const now = this.clock.now();
    this.entries.delete(key);
    this.entries.set(key, { value, expiresAt: now + this.lifetimeMs });
    // In the order of setting, so in the order of expiry.
    for (const [oldest, { expiresAt }] of this.entries) {
      if (expiresAt > now && this.entries.size <= this.capacity) break;
      this.entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    this.entries.clear();
  }
}
