import { SlipwayError } from '../../base/errors';
import { MAX_ID, formatPath, isWithin, parsePath, pathIds } from '../path';
import type { ResourceValue } from '../values';
import { cborValue, fromCborValue } from './cbor';
import { decodeCborItem, encodeCborItem } from './cbor-library';
import { type Codec, typeAt } from './codec';
import { malformed } from './malformed';
import { typeToWrite } from './scalar';

const FORMAT = 'LwM2M CBOR';

/** Object, instance, resource, resource instance. */
const MAX_PATH_LENGTH = 4;

type Node = Map<number, unknown>;

/**
 * LwM2M CBOR, Content-Format 11544 (LwM2M Core 1.2 §7.4, “LwM2M CBOR”): maps within maps, from the object on, whose
 * keys are an ID or an array of several. Written with an ID a level, which every reader takes.
 */
export const lwm2mCborCodec: Codec = {
  decode(path, payload, model) {
    const values = new Map<string, ResourceValue>();
    for (const [at, item] of leavesOf(decodeCborItem(FORMAT, payload))) {
      const ids = pathIds(at) ?? [];
      if (ids.length < 3) throw malformed(FORMAT, `${at} names no value`);
      if (!isWithin(at, path)) throw malformed(FORMAT, `${at} is not in ${path}`);
      values.set(at, fromCborValue(FORMAT, item, typeAt(parsePath(at), model)));
    }
    return values;
  },
  encode(path, values, model) {
    return encodeTree(
      [...values].map(([at, value]) => {
        if ((pathIds(at)?.length ?? 0) < 3 || !isWithin(at, path)) {
          throw new SlipwayError('lwm2m.bad-value', { path: at, reason: `not a value in ${path}` });
        }
        return [at, cborValue(value, typeToWrite(at, value, typeAt(parsePath(at), model)))] as const;
      }),
    );
  },
};

/** The paths that a Read-Composite or Observe-Composite asks for: each with null. Throws `lwm2m.malformed`. */
export function decodeLwm2mCborPaths(payload: Uint8Array): readonly string[] {
  return [...leavesOf(decodeCborItem(FORMAT, payload))].map(([at, item]) => {
    if (item !== null) throw malformed(FORMAT, `${at} has a value`);
    return at;
  });
}

/** As `decodeLwm2mCborPaths` reads them. Arrays for keys, since one path may lead to another’s parent. */
export function encodeLwm2mCborPaths(paths: readonly string[]): Uint8Array {
  return encodeCborItem(new Map(paths.map((path) => [pathIds(path) ?? [], null])));
}

/** Every value with its path. A path that comes twice is an error. */
function leavesOf(item: unknown): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>();
  const visit = (parent: readonly number[], node: unknown): void => {
    if (node instanceof Map) {
      for (const [key, child] of node as ReadonlyMap<unknown, unknown>) {
        visit([...parent, ...idsOf(key, parent.length)], child);
      }
      return;
    }
    const path = formatPath(parent);
    if (leaves.has(path)) throw malformed(FORMAT, `${path} comes twice`);
    leaves.set(path, node);
  };
  if (!(item instanceof Map)) throw malformed(FORMAT, 'not a map');
  visit([], item);
  return leaves;
}

function idsOf(key: unknown, depth: number): readonly number[] {
  const ids: readonly unknown[] = Array.isArray(key) ? key : [key];
  if (!ids.every(isId) || depth + ids.length > MAX_PATH_LENGTH) {
    throw malformed(FORMAT, 'a key that is no path');
  }
  return ids;
}

function isId(id: unknown): id is number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0 && id <= MAX_ID;
}

function encodeTree(leaves: readonly (readonly [string, unknown])[]): Uint8Array {
  const root: Node = new Map();
  for (const [path, item] of leaves) {
    const ids = [...(pathIds(path) ?? [])];
    const last = ids.pop()!;
    let node = root;
    for (const id of ids) {
      const next = node.get(id) ?? new Map<number, unknown>();
      if (!(next instanceof Map)) {
        throw new SlipwayError('lwm2m.bad-value', { path, reason: 'both single and multiple' });
      }
      node.set(id, next);
      node = next as Node;
    }
    if (node.has(last)) {
      throw new SlipwayError('lwm2m.bad-value', { path, reason: 'both single and multiple' });
    }
    node.set(last, item);
  }
  return encodeCborItem(root);
}
