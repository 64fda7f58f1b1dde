import type { Disposable } from '../base/disposable';
import { toDisposable } from '../base/disposable';
import type { Log } from '../base/log';
import { peerName } from '../link/link';
import type { BlockReply, CoapHandler, CoapReply, IncomingBlock, IncomingRequest } from './endpoint';

/** Asks the handler, and answers in its place where there is none or it throws. */
export class Responder {
  private handler: CoapHandler | undefined;

  constructor(private readonly log: Log) {}

  /** Sets the handler; dispose to be without one. */
  serve(handler: CoapHandler): Disposable {
    this.handler = handler;
    return toDisposable(() => {
      if (this.handler === handler) this.handler = undefined;
    });
  }

  async answer(request: IncomingRequest): Promise<CoapReply> {
    const { handler } = this;
    if (!handler) return { code: '4.04' };
    return await this.guarded(request, () => handler.handle(request));
  }

  /** Undefined where the handler leaves the part to be put together. */
  async answerBlock(block: IncomingBlock): Promise<BlockReply | undefined> {
    return await this.guarded(block, () => this.handler?.handleBlock?.(block));
  }

  private async guarded<T>(request: IncomingRequest, ask: () => Promise<T> | T): Promise<T | CoapReply> {
    try {
      return await ask();
    } catch (error) {
      this.log.error(`${peerName(request.peer)}: ${request.method} ${request.path}: ${String(error)}`);
      return { code: '5.00' };
    }
  }
}
