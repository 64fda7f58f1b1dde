import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Datagram, Link, LinkState, Peer } from '../link/link';

/**
 * The link of a board in queue mode (LwM2M Core 1.1 §6.5): so long after the last datagram its radio goes off, and
 * what comes then is lost. Whatever the board sends turns it on again. Console text is spared.
 */
export class SleepyLink implements Link {
  private readonly datagrams = new Emitter<Datagram>();
  private readonly subscription: Disposable;
  private timer: Disposable | undefined;
  readonly onDatagram = this.datagrams.event;

  constructor(
    private readonly inner: Link,
    private readonly clock: Clock,
    /** How long it listens, ms. */
    private readonly awakeMs: number,
  ) {
    this.subscription = inner.onDatagram((datagram) => {
      if (!this.timer) return;
      this.wake();
      this.datagrams.fire(datagram);
    });
  }

  get id(): string {
    return this.inner.id;
  }

  get kind(): Link['kind'] {
    return this.inner.kind;
  }

  get state(): LinkState {
    return this.inner.state;
  }

  get error(): Link['error'] {
    return this.inner.error;
  }

  get peer(): Peer | undefined {
    return this.inner.peer;
  }

  get lineRate(): number | undefined {
    return this.inner.lineRate;
  }

  get onDidChangeState(): Link['onDidChangeState'] {
    return this.inner.onDidChangeState;
  }

  get onConsole(): Link['onConsole'] {
    return this.inner.onConsole;
  }

  /** Turns the radio off now. */
  sleep(): void {
    this.timer?.dispose();
    this.timer = undefined;
  }

  send(data: Uint8Array, peer: Peer): Promise<void> {
    this.wake();
    return this.inner.send(data, peer);
  }

  writeConsole(data: Uint8Array): Promise<void> {
    return this.inner.writeConsole(data);
  }

  release(): Promise<void> {
    return this.inner.release();
  }

  retake(): void {
    this.inner.retake();
  }

  dispose(): void {
    this.sleep();
    this.subscription.dispose();
    this.datagrams.dispose();
    this.inner.dispose();
  }

  private wake(): void {
    this.timer?.dispose();
    this.timer = this.clock.schedule(this.awakeMs, () => this.sleep());
  }
}
