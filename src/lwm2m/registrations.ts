import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock';
import { type Disposable, toDisposable } from '../base/disposable';
import { Emitter } from '../base/event';
import type { Peer } from '../link/link';
import type { Registration } from './board';
import { ContentFormat } from './content-format';
import { parseObjectLinks } from './object-links';
import { type Refusal, isRefusal, parseRegistrationQuery, refuse } from './registration-query';

/** Lifetime of a client that names none, seconds (LwM2M Core §6.2.1.1). */
const DEFAULT_LIFETIME_S = 86_400;

/** Versions of LwM2M that this server speaks; any other is answered 4.12 (LwM2M Core §6.2.1). */
const SUPPORTED_VERSIONS: ReadonlySet<string> = new Set(['1.0', '1.1', '1.2']);

/** An Update may be late by its retransmissions before the registration is given up. */
const LIFETIME_GRACE_MS = 10_000;

/** Longest delay that a timer of Node takes; longer ones would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Length of the server-made part of a location: boards keep it in small buffers. */
const ID_BYTES = 5;

/** The parts of a Register or Update that count here. */
export interface RegistrationRequest {
  readonly query: readonly string[];
  readonly contentFormat?: number;
  readonly payload: Uint8Array;
  readonly peer: Peer;
}

interface Entry {
  readonly registration: Registration;
  readonly expiry: Disposable;
}

/** The registrations of a server: one for each endpoint name, until it is updated no more. */
export class Registrations implements Disposable {
  private readonly entries = new Map<string, Entry>();
  /** Ids by endpoint name. */
  private readonly ids = new Map<string, string>();
  private readonly expired = new Emitter<Registration>();

  /** A registration whose lifetime ran out; it is gone already. */
  readonly onDidExpire = this.expired.event;

  constructor(
    private readonly clock: Clock,
    private readonly newId: () => string = () => randomBytes(ID_BYTES).toString('hex'),
  ) {}

  get(id: string): Registration | undefined {
    return this.entries.get(id)?.registration;
  }

  /** Register (LwM2M Core §6.2.1). Replaces what was registered under the same endpoint name. */
  register(request: RegistrationRequest): Registration | Refusal {
    const query = parseRegistrationQuery(request.query);
    if (isRefusal(query)) return query;
    if (query.endpoint === undefined) return refuse('4.00', 'no endpoint name');
    const lwm2mVersion = query.lwm2mVersion ?? '1.0';
    if (!SUPPORTED_VERSIONS.has(lwm2mVersion)) return refuse('4.12', `version ${lwm2mVersion}`);
    if (!isLifetime(query.lifetime, lwm2mVersion)) return refuse('4.00', 'lifetime 0');
    if (!isLinkFormat(request)) return refuse('4.15', 'objects in another format');
    const links = parseObjectLinks(request.payload);
    if (isRefusal(links)) return links;
    const now = this.clock.wallTime();
    const registration: Registration = {
      id: this.newId(),
      endpoint: query.endpoint,
      lifetime: query.lifetime ?? DEFAULT_LIFETIME_S,
      lwm2mVersion,
      binding: query.binding ?? 'U',
      queueMode: query.queueMode,
      ...(query.sms !== undefined && { sms: query.sms }),
      ...links,
      peer: request.peer,
      registeredAt: now,
      updatedAt: now,
    };
    const replaced = this.ids.get(registration.endpoint);
    if (replaced !== undefined) this.remove(replaced);
    this.put(registration);
    return registration;
  }

  /** Update (LwM2M Core §6.2.2): what the request does not name stays as it is. The peer may have moved. */
  update(id: string, request: RegistrationRequest): Registration | Refusal {
    const known = this.get(id);
    if (!known) return refuse('4.04', 'not registered');
    const query = parseRegistrationQuery(request.query);
    if (isRefusal(query)) return query;
    if (!isLifetime(query.lifetime, known.lwm2mVersion)) return refuse('4.00', 'lifetime 0');
    if (!isLinkFormat(request)) return refuse('4.15', 'objects in another format');
    const links = request.payload.length > 0 ? parseObjectLinks(request.payload, known.rootPath) : undefined;
    if (links && isRefusal(links)) return links;
    const registration: Registration = {
      ...known,
      ...(query.lifetime !== undefined && { lifetime: query.lifetime }),
      ...(query.binding !== undefined && { binding: query.binding, queueMode: query.queueMode }),
      ...(query.sms !== undefined && { sms: query.sms }),
      ...(links && {
        rootPath: links.rootPath,
        objects: links.objects,
        ...(links.contentFormats.length > 0 && { contentFormats: links.contentFormats }),
      }),
      peer: request.peer,
      updatedAt: this.clock.wallTime(),
    };
    this.remove(id);
    this.put(registration);
    return registration;
  }

  /** De-register (LwM2M Core §6.2.3), or forget; gives what was there. */
  remove(id: string): Registration | undefined {
    const entry = this.entries.get(id);
    entry?.expiry.dispose();
    this.entries.delete(id);
    if (entry) this.ids.delete(entry.registration.endpoint);
    return entry?.registration;
  }

  dispose(): void {
    for (const id of [...this.entries.keys()]) this.remove(id);
    this.expired.dispose();
  }

  private put(registration: Registration): void {
    const expiry =
      registration.lifetime === 0
        ? toDisposable(() => undefined)
        : this.after(registration.lifetime * 1000 + LIFETIME_GRACE_MS, () => {
            this.remove(registration.id);
            this.expired.fire(registration);
          });
    this.entries.set(registration.id, { registration, expiry });
    this.ids.set(registration.endpoint, registration.id);
  }

  /** As `clock.schedule`, for delays of any length. */
  private after(delayMs: number, callback: () => void): Disposable {
    const end = this.clock.now() + delayMs;
    let timer: Disposable;
    const wait = (): void => {
      const left = end - this.clock.now();
      if (left <= 0) callback();
      else timer = this.clock.schedule(Math.min(left, MAX_TIMER_MS), wait);
    };
    wait();
    return toDisposable(() => timer.dispose());
  }
}

/** Lifetime 0 is forever in 1.2 (Server object, resource 1), and makes no sense before. */
function isLifetime(lifetime: number | undefined, lwm2mVersion: string): boolean {
  return lifetime !== 0 || lwm2mVersion === '1.2';
}

function isLinkFormat({ contentFormat, payload }: RegistrationRequest): boolean {
  return contentFormat === undefined || contentFormat === ContentFormat.linkFormat || payload.length === 0;
}
