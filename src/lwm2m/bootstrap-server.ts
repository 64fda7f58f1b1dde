import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { CoapEndpoint, CoapReply, CoapRequest, IncomingRequest } from '../coap/endpoint';
import type { Peer } from '../link/link';
import { ContentFormat, encodeContent } from './content-format';
import { resourceDefinition } from './objects/objects';
import { isWithin } from './path';
import { isRefusal, parseRegistrationQuery } from './registration-query';
import type { ResourceValues } from './values';

/**
 * How far the bootstrap of a board is; after `failed` it keeps what it had, since it was never told to finish.
 * `unserved`: it asked, and was given nothing.
 */
export type BootstrapPhase = 'deleting' | 'writing' | 'finishing' | 'done' | 'failed' | 'unserved';

export interface BootstrapState {
  readonly endpoint: string;
  readonly phase: BootstrapPhase;
  /** Paths of the instances that it took, in their order, and how many there are. */
  readonly written: readonly string[];
  readonly total: number;
  /** Why it failed, or is not served: `bootstrap.refused`, `coap.timeout`, `bootstrap.no-key`, … */
  readonly error?: SlipwayError;
  /** It failed as it did the time before: no news, since boards ask again and again. */
  readonly repeated?: boolean;
}

export interface BootstrapServerOptions {
  readonly log: Log;
  /** What a board gets that asks from that peer, keyed by path, or why it is not served. */
  readonly configure: (
    endpoint: string,
    coap: CoapEndpoint,
    peer: Peer,
  ) => Promise<ResourceValues | SlipwayError>;
}

/** Formats that a Bootstrap-Write or -Pack may have, as a client prefers them (`pct`, LwM2M Core 1.1 §6.1.7.1). */
const formats: readonly number[] = [ContentFormat.tlv, ContentFormat.senmlCbor, ContentFormat.lwm2mCbor];

/**
 * The bootstrap interface (LwM2M Core §6.1): a board that has no server account asks for one, and is given it object by
 * object. Nothing counts for the board before Bootstrap-Finish.
 */
export class BootstrapServer implements Disposable {
  private readonly known = new Map<string, BootstrapState>();
  private readonly running = new Map<string, AbortController>();
  /** What the last failure of each board was. */
  private readonly failures = new Map<string, string>();
  private readonly changed = new Emitter<BootstrapState>();

  /** Every step of every board. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: BootstrapServerOptions) {}

  /** By endpoint name, the last that is known of each. */
  get states(): ReadonlyMap<string, BootstrapState> {
    return this.known;
  }

  /** Answers POST /bs and GET /bspack; undefined for any other path. */
  handle(coap: CoapEndpoint, request: IncomingRequest): Promise<CoapReply> | undefined {
    return request.path === '/bs' || request.path === '/bspack' ? this.answer(coap, request) : undefined;
  }

  /** Forgets what became of a board; one that asks again is known again. */
  forget(endpoint: string): void {
    this.running.get(endpoint)?.abort();
    this.failures.delete(endpoint);
    this.known.delete(endpoint);
  }

  dispose(): void {
    for (const controller of this.running.values()) controller.abort();
    this.changed.dispose();
  }

  private async answer(coap: CoapEndpoint, request: IncomingRequest): Promise<CoapReply> {
    const isPack = request.path === '/bspack';
    if (request.method !== (isPack ? 'GET' : 'POST')) return { code: '4.05' };
    const query = parseRegistrationQuery(request.query);
    if (isRefusal(query) || query.endpoint === undefined) return { code: '4.00' };
    const values = await this.options.configure(query.endpoint, coap, request.peer);
    if (SlipwayError.is(values)) {
      this.show({ endpoint: query.endpoint, phase: 'unserved', written: [], total: 0, error: values });
      return { code: '4.00', payload: Buffer.from('not served') };
    }
    const wish = request.query.find((item) => item.startsWith('pct='))?.slice(4);
    if (isPack) return this.pack(query.endpoint, request.accept, values);
    const format = wish === undefined ? ContentFormat.tlv : Number(wish);
    if (!formats.includes(format)) return { code: '4.15' };
    void this.run(coap, request, query.endpoint, values, format);
    return { code: '2.04' };
  }

  /** Bootstrap-Pack (LwM2M Core 1.2 §6.1.7.7): all of it in one answer. */
  private pack(endpoint: string, accept: number | undefined, values: ResourceValues): CoapReply {
    const format = accept ?? ContentFormat.senmlCbor;
    if (format === ContentFormat.tlv || !formats.includes(format)) return { code: '4.06' };
    const written = [...byInstance(values).keys()];
    this.show({ endpoint, phase: 'done', written, total: written.length });
    return {
      code: '2.05',
      contentFormat: format,
      payload: encodeContent(format, '/', values, resourceDefinition),
    };
  }

  private async run(
    coap: CoapEndpoint,
    { peer }: IncomingRequest,
    endpoint: string,
    values: ResourceValues,
    format: number,
  ): Promise<void> {
    // One that asks again has forgotten what it was given.
    this.running.get(endpoint)?.abort();
    const controller = new AbortController();
    this.running.set(endpoint, controller);
    const instances = byInstance(values);
    const written: string[] = [];
    const step = (phase: BootstrapPhase, error?: SlipwayError): void => {
      const facts = { written: [...written], total: instances.size };
      this.show({ endpoint, phase, ...facts, ...(error && { error }) });
    };
    const ask = async (request: CoapRequest): Promise<void> => {
      const { code } = await coap.request(peer, request, { signal: controller.signal });
      if (code.startsWith('2.')) return;
      const { method, path } = request;
      throw new SlipwayError('bootstrap.refused', { board: endpoint, method, path, code });
    };
    try {
      // The answer to the request goes out first.
      await new Promise<void>((resolve) => setImmediate(resolve));
      step('deleting');
      // Leaves the account of the bootstrap server itself (§6.1.7.5).
      await ask({ method: 'DELETE', path: '/' });
      for (const [instance, content] of instances) {
        step('writing');
        const payload = encodeContent(format, instance, content, resourceDefinition);
        await ask({ method: 'PUT', path: instance, contentFormat: format, payload });
        written.push(instance);
      }
      step('finishing');
      await ask({ method: 'POST', path: '/bs' });
      step('done');
    } catch (error) {
      if (controller.signal.aborted) return;
      if (!SlipwayError.is(error)) this.options.log.error(`${endpoint}: bootstrap: ${String(error)}`);
      step('failed', SlipwayError.is(error) ? error : undefined);
    } finally {
      if (this.running.get(endpoint) === controller) this.running.delete(endpoint);
    }
  }

  private show(now: BootstrapState): void {
    const { endpoint, error } = now;
    const before = this.failures.get(endpoint);
    const repeated = error !== undefined && before === error.message;
    if (error) this.failures.set(endpoint, error.message);
    else if (now.phase === 'done') this.failures.delete(endpoint);
    const state = { ...now, ...(repeated && { repeated }) };
    this.known.set(endpoint, state);
    this.options.log.info(
      `${state.endpoint}: bootstrap: ${state.phase}${state.error ? ` ${state.error.message}` : ''}`,
    );
    this.changed.fire(state);
  }
}

/** The parts of `values` by the path of their instance. */
function byInstance(values: ResourceValues): ReadonlyMap<string, ResourceValues> {
  const instances = new Set([...values.keys()].map((path) => path.split('/').slice(0, 3).join('/')));
  return new Map(
    [...instances].map((instance) => [
      instance,
      new Map([...values].filter(([path]) => isWithin(path, instance))),
    ]),
  );
}
