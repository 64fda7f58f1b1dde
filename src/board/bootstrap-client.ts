import { createPublicKey } from 'node:crypto';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { CoapEndpoint, CoapReply, IncomingRequest } from '../coap/endpoint';
import { exchangeLifetimeMs } from '../coap/retransmit';
import type { Peer } from '../link/link';
import { TRUST_ANCHOR } from '../lwm2m/bootstrap-account';
import { ContentFormat, decodeContent } from '../lwm2m/content-format';
import { encodeLinkFormat } from '../lwm2m/formats/link-format';
import { resourceDefinition } from '../lwm2m/objects/objects';
import { isWithin, pathIds } from '../lwm2m/path';
import type { ResourceValue, ResourceValues } from '../lwm2m/values';
import { describePublicKey } from '../manifest/public-key';
import type { TrustAnchor } from '../manifest/types';

/** What a board was given by its bootstrap. */
export interface BoardAccount {
  /** Seconds. */
  readonly lifetime: number;
  readonly trustAnchors: readonly TrustAnchor[];
}

export interface BootstrapClientOptions {
  readonly coap: CoapEndpoint;
  readonly server: Peer;
  readonly clock: Clock;
  readonly log: Log;
  readonly endpoint: string;
  /** A fault: objects that it refuses to be given. */
  readonly refuses?: readonly number[];
  readonly onDidFinish: (account: BoardAccount) => void;
}

/** ms between requests while nobody bootstraps it, doubling. */
const firstRetryMs = 1000;
const lastRetryMs = 60_000;

/** A server that says nothing for so long has gone, ms; what it wrote is dropped. */
const silenceMs = exchangeLifetimeMs;

/** Objects that this board takes from a bootstrap server: Security, Server, and the container of its trust anchors. */
const taken: readonly number[] = [0, 1, 19];

/** The client's side of the bootstrap interface (LwM2M Core §6.1): asks, is written to, and checks what it has. */
export class BootstrapClient implements Disposable {
  private readonly abort = new AbortController();
  private values = new Map<string, ResourceValue>();
  private retry: Disposable | undefined;
  private retryMs = firstRetryMs;

  constructor(private readonly options: BootstrapClientOptions) {}

  /** Asks for a bootstrap until it is done or disposed. */
  async run(): Promise<void> {
    const { coap, server, log, endpoint } = this.options;
    this.values.clear();
    // Waits for as long as the server takes, or for the next attempt.
    this.again(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, lastRetryMs);
    try {
      const query = [`ep=${endpoint}`, `pct=${ContentFormat.senmlCbor}`];
      const { code } = await coap.request(server, { method: 'POST', path: '/bs', query }, this.abort);
      if (code === '2.04') this.again(silenceMs);
      else log.debug(`${endpoint}: bootstrap answered ${code}`);
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      log.debug(`${endpoint}: bootstrap: ${error.message}`);
    }
  }

  /** Asks at once, and soon again: whoever is there may be another than before. */
  askNow(): void {
    this.retryMs = firstRetryMs;
    void this.run();
  }

  /** Answers the bootstrap server. */
  handle(request: IncomingRequest): CoapReply {
    const { method, path, accept, contentFormat, payload } = request;
    const isFinish = method === 'POST' && path === '/bs';
    // Executes and such are not the bootstrap server's, and say nothing of a bootstrap that goes on.
    if (method === 'POST' && !isFinish) return { code: '4.05' };
    this.again(silenceMs);
    if (isFinish) return this.finish();
    const ids = pathIds(path);
    if (!ids) return { code: '4.04' };
    if (method === 'GET' && accept === ContentFormat.linkFormat) return this.discover(path);
    if (method === 'DELETE') {
      for (const at of [...this.values.keys()]) if (isWithin(at, path)) this.values.delete(at);
      return { code: '2.02' };
    }
    if (method !== 'PUT') return { code: '4.05' };
    const [objectId = -1] = ids;
    if (!taken.includes(objectId) || this.options.refuses?.includes(objectId)) return { code: '4.04' };
    return this.write(path, contentFormat, payload);
  }

  dispose(): void {
    this.abort.abort();
    this.retry?.dispose();
  }

  private write(path: string, contentFormat: number | undefined, payload: Uint8Array): CoapReply {
    try {
      const values = decodeContent(contentFormat, path, payload, resourceDefinition);
      this.values = new Map([...this.values, ...values]);
      return { code: '2.04' };
    } catch (error) {
      if (SlipwayError.is(error, 'lwm2m.unsupported-format')) return { code: '4.15' };
      if (SlipwayError.is(error, 'lwm2m.malformed')) return { code: '4.00' };
      throw error;
    }
  }

  /** Bootstrap-Discover (LwM2M Core §6.1.7.3): the instances it has, and whose account they are. */
  private discover(path: string): CoapReply {
    const instances = new Set([...this.values.keys()].map((at) => at.split('/').slice(0, 3).join('/')));
    const links = [...instances]
      .filter((instance) => isWithin(instance, path))
      .map((target) => {
        const id = this.values.get(`${target}/${target.startsWith('/0/') ? 10 : 0}`);
        const isAccount = /^\/[01]\//.test(target) && typeof id === 'number';
        return { target, attributes: isAccount ? { ssid: String(id) } : {} };
      });
    const enabler = { target: '/', attributes: { lwm2m: '1.1' } };
    return {
      code: '2.05',
      contentFormat: ContentFormat.linkFormat,
      payload: encodeLinkFormat([enabler, ...links]),
    };
  }

  /** Bootstrap-Finish (LwM2M Core §6.1.7.6): 4.06 where what was written is no account. */
  private finish(): CoapReply {
    const account = accountOf(this.values);
    if (!account) return { code: '4.06' };
    this.dispose();
    // The answer goes out first.
    setImmediate(() => this.options.onDidFinish(account));
    return { code: '2.04' };
  }

  private again(delayMs: number): void {
    this.retry?.dispose();
    this.retry = this.options.clock.schedule(delayMs, () => void this.run());
  }
}

/** What was written, as an account; undefined where an account of a server, or a key, is none. */
function accountOf(values: ResourceValues): BoardAccount | undefined {
  const lifetime = values.get('/1/0/1');
  const hasServer = [...values].some(([path, value]) => /^\/0\/\d+\/1$/.test(path) && value === false);
  if (typeof lifetime !== 'number' || lifetime < 1 || !hasServer) return undefined;
  try {
    const trustAnchors = [...values].flatMap(([path, value]) => {
      const container = path.split('/').slice(0, 3).join('/');
      const isAnchor = path.endsWith('/0/0') && values.get(`${container}/3`) === TRUST_ANCHOR;
      if (!isAnchor || !path.startsWith('/19/') || !(value instanceof Uint8Array)) return [];
      const key = createPublicKey({ key: Buffer.from(value), format: 'der', type: 'spki' });
      return [describePublicKey(key, container)];
    });
    return { lifetime, trustAnchors };
  } catch {
    return undefined;
  }
}
