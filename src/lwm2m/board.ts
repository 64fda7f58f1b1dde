import type { Event } from '../base/event';
import type { BlockUploadOptions, BlockUploadResult, RequestOptions } from '../coap/endpoint';
import type { Link, Peer } from '../link/link';
import type { NotificationAttributes } from './notification-attributes';
import type { SleepState } from './queue-mode';
import type { ResourceValue, ResourceValues } from './values';

/** An object of the registration's link list, with the version it announced, if any. */
export interface RegisteredObject {
  readonly objectId: number;
  readonly version?: string;
  readonly instances: readonly number[];
}

/** One registration (LwM2M Core §6.2). */
export interface Registration {
  /** Server-made id: the location is `/rd/{id}`. */
  readonly id: string;
  readonly endpoint: string;
  /** Seconds. */
  readonly lifetime: number;
  readonly lwm2mVersion: string;
  /** Binding mode letters; `U` where the client sent none. */
  readonly binding: string;
  readonly queueMode: boolean;
  readonly sms?: string;
  /** Alternate root path, `/` by default. */
  readonly rootPath: string;
  readonly objects: readonly RegisteredObject[];
  /** Content-Formats the client announced with `ct=`; empty when it told none. */
  readonly contentFormats: readonly number[];
  readonly peer: Peer;
  /** Wall-clock ms since the epoch. */
  readonly registeredAt: number;
  readonly updatedAt: number;
}

/** `/5/0/3` → link attributes, by the client's own answer to Discover. */
export interface DiscoveredLink {
  readonly path: string;
  readonly attributes: Readonly<Record<string, string | true>>;
}

/** `replace` (PUT) leaves what was written alone, `update` (POST) what was not written as it is (LwM2M Core §6.3.3). */
export type WriteMode = 'replace' | 'update';

/**
 * - `registered`: new, or again after a reboot (a new registration replaced the old)
 * - `updated`: registration update
 * - `offline`: de-registered, or the lifetime expired
 * - `sleep`: what `Board.sleep` tells has changed
 * - `values`: known values changed (read, notification)
 */
export type BoardChange =
  | { readonly kind: 'registered' | 'updated' | 'sleep' }
  | { readonly kind: 'offline'; readonly reason: 'deregistered' | 'expired' | 'link-closed' }
  | { readonly kind: 'values'; readonly paths: readonly string[] };

/**
 * The server's handle of one board, kept by endpoint name across re-registrations.
 * Every operation rejects `lwm2m.offline` when the board is not registered, `coap.response` on an error answer,
 * `lwm2m.needs-version` where it speaks too old a version, and whatever `CoapEndpoint.request` rejects with. While a
 * board in queue mode sleeps, they wait for it. Paths are those of the data model; the root path is added.
 */
export interface Board {
  readonly endpoint: string;
  readonly link: Link;
  readonly registration: Registration;
  readonly online: boolean;
  /** Whether it sleeps, and what waits for it; undefined where it is not in queue mode (LwM2M Core §6.5). */
  readonly sleep: SleepState | undefined;
  readonly onDidChange: Event<BoardChange>;
  /** Resolves when the board listens: at once, unless it sleeps. Rejects `lwm2m.offline`, `cancelled`. */
  whenAwake(signal?: AbortSignal): Promise<void>;
  /** Last known values, from reads and notifications. Cleared when the board registers anew. */
  readonly values: ResourceValues;
  /** The instances of an object in the registration; empty when it has none or not the object. */
  instancesOf(objectId: number): readonly number[];
  hasObject(objectId: number): boolean;

  /** Reads a resource, instance or object in the board's best format, and remembers the values. */
  read(path: string, options?: RequestOptions): Promise<ResourceValues>;
  /** Reads one single-instance resource; undefined when the board answers 4.04 or 4.05. */
  readResource(path: string, options?: RequestOptions): Promise<ResourceValue | undefined>;
  /** Replaces (PUT) one resource. */
  write(path: string, value: ResourceValue, options?: RequestOptions): Promise<void>;
  /** Writes values at or below an instance, a resource or a resource instance. */
  writeAll(path: string, values: ResourceValues, mode: WriteMode, options?: RequestOptions): Promise<void>;
  /**
   * Creates an instance of an object from its resources, keyed by their path below it (`3`, `7/0`). Resolves with the
   * id, which the board chooses and tells where none is given; undefined when it does not tell (LwM2M Core §6.3.7).
   */
  create(
    objectId: number,
    resources: ResourceValues,
    options?: RequestOptions & { readonly instanceId?: number },
  ): Promise<number | undefined>;
  /** Deletes an object instance, or from 1.2 on a resource instance. */
  delete(path: string, options?: RequestOptions): Promise<void>;
  /** Write-Attributes: how often, and past which thresholds, observations of `path` notify (LwM2M Core §6.4.3). */
  writeAttributes(path: string, attributes: NotificationAttributes, options?: RequestOptions): Promise<void>;
  /** Reads from several places with one request (1.1). */
  readComposite(paths: readonly string[], options?: RequestOptions): Promise<ResourceValues>;
  /** Writes to several places with one request, all or nothing (1.1). */
  writeComposite(values: ResourceValues, options?: RequestOptions): Promise<void>;
  /** As `observe`, of several places under one observation (1.1). */
  observeComposite(paths: readonly string[], options?: RequestOptions): Promise<{ dispose(): void }>;
  /** Executes a resource; `args` as in LwM2M Core §6.3.5, none by default. */
  execute(path: string, args?: string, options?: RequestOptions): Promise<void>;
  discover(path: string, options?: RequestOptions): Promise<readonly DiscoveredLink[]>;
  /**
   * Observes a resource, instance or object: its values stay current in `values`, and the observation is made
   * again by itself after each new registration, until disposed.
   */
  observe(path: string, options?: RequestOptions): Promise<{ dispose(): void }>;
  /** Pushes opaque bytes by Block1 (PUT, Content-Format 42). */
  push(
    path: string,
    payload: Uint8Array,
    options?: BlockUploadOptions & { readonly szx?: number },
  ): Promise<BlockUploadResult>;
  /** Resolves on the next registration that is newer than `since` (a Registration id); at once if there is one. */
  whenRegistered(since: string, signal?: AbortSignal): Promise<Registration>;
}
