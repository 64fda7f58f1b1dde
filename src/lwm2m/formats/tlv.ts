import { SlipwayError } from '../../base/errors';
import type { ResourceModel } from '../objects/definition';
import { MAX_ID, formatPath, isWithin, parsePath, pathIds } from '../path';
import type { ResourceValue } from '../values';
import { type Codec, typeAt } from './codec';
import { malformed } from './malformed';
import { typeToWrite } from './scalar';
import { type TlvEntry, type TlvKind, readEntries, writeEntry } from './tlv-entries';
import { readTlvValue, writeTlvValue } from './tlv-value';

/**
 * OMA-TLV, Content-Format 11542 (LwM2M Core §7.4.3). The bytes don't tell data types: the model does; a resource
 * it does not know stays opaque.
 */
export const tlvCodec: Codec = {
  decode(path, payload, model) {
    const values = new Map<string, ResourceValue>();
    const { objectId, instanceId } = parsePath(path);
    for (const entry of readEntries(payload)) {
      if (entry.kind === 'instance') {
        // Some clients wrap the answer to a read of one instance, too; its path check is below.
        for (const inner of readEntries(entry.value)) {
          readResource([objectId, entry.id], inner, model, values);
        }
      } else if (entry.kind === 'resource-instance') {
        readBareInstance(path, entry, model, values);
      } else {
        // A single-instance object may leave out its instance 0 (LwM2M Core §7.4.3.1).
        readResource([objectId, instanceId ?? 0], entry, model, values);
      }
    }
    for (const found of values.keys()) {
      if (!isWithin(found, path)) throw malformed('TLV', `${found} is not in ${path}`);
    }
    return values;
  },

  encode(path, values, model) {
    const depth = pathIds(path)?.length ?? 0;
    if (depth === 0) {
      throw new SlipwayError('lwm2m.bad-value', { path, reason: 'TLV needs the path of an object' });
    }
    const entries = [...values].map(([valuePath, value]) => {
      if (!isWithin(valuePath, path)) {
        throw new SlipwayError('lwm2m.bad-value', { path: valuePath, reason: `not in ${path}` });
      }
      return leafOf(valuePath, value, model);
    });
    // A payload for an instance or anything in it begins at the level of resources.
    return writeLevel(entries, depth === 1 ? 1 : 2);
  },
};

function readResource(
  parent: readonly number[],
  entry: TlvEntry,
  model: ResourceModel,
  values: Map<string, ResourceValue>,
): void {
  const ids = [...parent, entry.id];
  if (entry.kind === 'resource') return put(ids, entry.value, model, values);
  if (entry.kind !== 'multiple-resource') throw malformed('TLV', `${entry.kind} in an object instance`);
  for (const inner of readEntries(entry.value)) {
    if (inner.kind !== 'resource-instance') throw malformed('TLV', `${inner.kind} in a multiple resource`);
    put([...ids, inner.id], inner.value, model, values);
  }
}

/** A resource instance that is not wrapped in its resource: only where the path names the resource. */
function readBareInstance(
  path: string,
  entry: TlvEntry,
  model: ResourceModel,
  values: Map<string, ResourceValue>,
): void {
  const { objectId, instanceId, resourceId } = parsePath(path);
  if (instanceId === undefined || resourceId === undefined) {
    throw malformed('TLV', 'resource instance outside of a resource');
  }
  put([objectId, instanceId, resourceId, entry.id], entry.value, model, values);
}

function put(
  ids: readonly number[],
  bytes: Uint8Array,
  model: ResourceModel,
  values: Map<string, ResourceValue>,
): void {
  if (ids.some((id) => id > MAX_ID)) throw malformed('TLV', 'identifier 65535');
  const path = formatPath(ids);
  values.set(path, readTlvValue(bytes, typeAt(parsePath(path), model) ?? 'opaque'));
}

/** A value on its way into entries: the IDs of its path, and its bytes. */
interface Leaf {
  readonly ids: readonly number[];
  readonly bytes: Uint8Array;
}

function leafOf(path: string, value: ResourceValue, model: ResourceModel): Leaf {
  const ids = pathIds(path) ?? [];
  if (ids.length < 3) throw new SlipwayError('lwm2m.bad-value', { path, reason: 'not the path of a value' });
  const type = typeToWrite(path, value, typeAt(parsePath(path), model));
  return { ids, bytes: writeTlvValue(value, type) };
}

/** The kind of an entry at a level of the path that has levels below it. */
const INNER_KINDS: Readonly<Record<number, TlvKind>> = { 1: 'instance', 2: 'multiple-resource' };

/** Writes the entries whose ID is at `level` of the path (1 instance, 2 resource, 3 resource instance). */
function writeLevel(leaves: readonly Leaf[], level: number): Uint8Array {
  const groups = new Map<number, Leaf[]>();
  for (const leaf of leaves) {
    const id = leaf.ids[level]!;
    groups.set(id, [...(groups.get(id) ?? []), leaf]);
  }
  return Buffer.concat(
    [...groups].map(([id, group]) => {
      const last = group.find((leaf) => leaf.ids.length === level + 1);
      if (!last) return writeEntry({ kind: INNER_KINDS[level]!, id, value: writeLevel(group, level + 1) });
      if (group.length > 1) {
        const path = formatPath(last.ids);
        throw new SlipwayError('lwm2m.bad-value', { path, reason: 'both single and multiple' });
      }
      return writeEntry({ kind: level === 2 ? 'resource' : 'resource-instance', id, value: last.bytes });
    }),
  );
}
