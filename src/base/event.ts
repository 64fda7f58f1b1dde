import { type Disposable, toDisposable } from './disposable';

/** Subscribes a listener; the same shape as `vscode.Event`, so that either can be handed to the other. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** The sending side of an Event. A listener that throws does not keep the others from hearing. */
export class Emitter<T> implements Disposable {
  private readonly listeners = new Set<{ readonly call: (value: T) => void }>();

  readonly event: Event<T> = (listener) => {
    const entry = { call: listener };
    this.listeners.add(entry);
    return toDisposable(() => this.listeners.delete(entry));
  };

  /** Calls every listener in the order of subscription; errors they throw are rethrown asynchronously. */
  fire(value: T): void {
    for (const { call } of [...this.listeners]) {
      try {
        call(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  get hasListeners(): boolean {
    return this.listeners.size > 0;
  }

  dispose(): void {
    this.listeners.clear();
  }
}
