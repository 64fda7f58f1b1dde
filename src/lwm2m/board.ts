import type { Event } from '../base/event';
import type { BlockUploadOptions, BlockUploadResult, RequestOptions } from '../coap/endpoint';
import type { Link, Peer } from '../link/link';
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

/**
 * - `registered`: new, or again after a reboot (a new registration replaced the old)
 * - `updated`: registration update
 * - `offline`: de-registered, or the lifetime expired
 * - `values`: known values changed (read, notification)
 */
export type BoardChange =
  | { readonly kind: 'registered' | 'updated' }
  | { readonly kind: 'offline'; readonly reason: 'deregistered' | 'expired' | 'link-closed' }
  | { readonly kind: 'values'; readonly paths: readonly string[] };

/**
 * The server's handle of one board, kept by endpoint name across re-registrations.
 * Every operation rejects `lwm2m.offline` when the board is not registered, `coap.response` on an error answer,
 * and whatever `CoapEndpoint.request` rejects with. Paths are those of the data model; the root path is added.
 */
export interface Board {
  readonly endpoint: string;
  readonly link: Link;
  readonly registration: Registration;
  readonly online: boolean;
  readonly onDidChange: Event<BoardChange>;
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
