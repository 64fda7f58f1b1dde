/** A connection the user chose for this workspace. */
export interface RememberedPort {
  readonly address: string;
  /** `portKey` of a serial port: by it the adapter is found again under another path. */
  readonly portKey?: string;
}

/** `vscode.Memento`, as far as it is used here. */
export interface KeyValueStore {
  get(key: string): unknown;
  update(key: string, value: unknown): Thenable<void>;
}

const key = 'slipway.ports';

/** Remembers which ports belong to this workspace. */
export class RememberedPorts {
  constructor(private readonly store: KeyValueStore) {}

  get all(): readonly RememberedPort[] {
    const stored = this.store.get(key);
    return Array.isArray(stored) ? stored.filter(isRememberedPort) : [];
  }

  /** Remembers `port`, instead of what was remembered for the same adapter or address. */
  async add(port: RememberedPort): Promise<void> {
    await this.store.update(key, [...this.all.filter((other) => !same(other, port)), port]);
  }

  /** Forgets the address. */
  async remove(address: string): Promise<void> {
    await this.store.update(
      key,
      this.all.filter((port) => port.address !== address),
    );
  }
}

function same(a: RememberedPort, b: RememberedPort): boolean {
  return a.address === b.address || (a.portKey !== undefined && a.portKey === b.portKey);
}

function isRememberedPort(value: unknown): value is RememberedPort {
  if (typeof value !== 'object' || value === null) return false;
  const { address, portKey } = value as Partial<Record<keyof RememberedPort, unknown>>;
  return typeof address === 'string' && (portKey === undefined || typeof portKey === 'string');
}
