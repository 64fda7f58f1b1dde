import { SlipwayError } from '../base/errors';
import type { RegisteredObject } from './board';
import { type CoreLink, decodeLinkFormat } from './formats/link-format';
import { MAX_ID, pathIds } from './path';
import { type Refusal, refuse } from './registration-query';

/** What the link list of a registration tells (LwM2M Core §6.2.1.3). */
export interface ObjectLinks {
  readonly rootPath: string;
  readonly contentFormats: readonly number[];
  /** In ascending order, and so are the instances of each. */
  readonly objects: readonly RegisteredObject[];
}

/**
 * Reads the payload of a Register or Update. Links that are not of LwM2M are ignored. `knownRoot` is the root path
 * where the list has no root link: an Update need not repeat it.
 */
export function parseObjectLinks(payload: Uint8Array, knownRoot = '/'): ObjectLinks | Refusal {
  let links: readonly CoreLink[];
  try {
    links = decodeLinkFormat(payload);
  } catch (error) {
    if (SlipwayError.is(error, 'lwm2m.malformed')) return refuse('4.00', error.details.reason);
    throw error;
  }
  const root = links.find(isRoot);
  const rootPath = root ? withoutTrailingSlash(root.target) : knownRoot;
  const versions = new Map<number, string | undefined>();
  const instances = new Map<number, Set<number>>();
  for (const { target, attributes } of links) {
    const ids = pathIds(withoutRoot(target, rootPath));
    if (ids === undefined) {
      if (/^\/\d+(\/\d+)?$/.test(target)) return refuse('4.00', `an ID beyond ${MAX_ID}`);
      continue;
    }
    const [objectId, instanceId] = ids;
    if (objectId === undefined || ids.length > 2) continue;
    const known = instances.get(objectId) ?? new Set();
    instances.set(objectId, known);
    if (instanceId !== undefined) known.add(instanceId);
    if (typeof attributes.ver === 'string') versions.set(objectId, attributes.ver);
  }
  if (instances.size === 0) return refuse('4.00', 'no objects');
  return {
    rootPath,
    contentFormats: contentFormatsOf(root),
    objects: [...instances]
      .sort(([a], [b]) => a - b)
      .map(([objectId, ids]) => {
        const version = versions.get(objectId);
        return {
          objectId,
          ...(version !== undefined && { version }),
          instances: [...ids].sort((a, b) => a - b),
        };
      }),
  };
}

function isRoot({ attributes }: CoreLink): boolean {
  return typeof attributes.rt === 'string' && attributes.rt.split(' ').includes('oma.lwm2m');
}

function withoutTrailingSlash(path: string): string {
  const absolute = path.startsWith('/') ? path : `/${path}`;
  return absolute.length > 1 ? absolute.replace(/\/+$/, '') || '/' : absolute;
}

/** A target as a path of the data model, whether or not the client put its root path in front. */
export function withoutRoot(target: string, rootPath: string): string {
  const absolute = target.startsWith('/') ? target : `/${target}`;
  if (rootPath === '/' || !absolute.startsWith(`${rootPath}/`)) return absolute;
  return absolute.slice(rootPath.length);
}

function contentFormatsOf(root: CoreLink | undefined): readonly number[] {
  const ct = root?.attributes.ct;
  if (typeof ct !== 'string') return [];
  return ct
    .split(/[\s,]+/)
    .filter((format) => /^\d{1,5}$/.test(format))
    .map(Number);
}
