import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceDefinition } from '../../../src/lwm2m/objects/definition';
import { objectDefinition, resourceDefinition } from '../../../src/lwm2m/objects/objects';

/** The registry as a maintained package publishes it: readable resources only, data types as JSON has them. */
interface PublishedResource {
  readonly title?: string;
  readonly type: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unixTimestamp?: boolean;
  readonly pattern?: string;
  readonly description?: string;
  readonly items?: PublishedResource;
}
interface PublishedObject {
  readonly type: string;
  readonly title: string;
  readonly properties?: Readonly<Record<string, PublishedResource>>;
  readonly items?: PublishedObject;
}

const registry = JSON.parse(
  readFileSync(
    path.join(
      import.meta.dirname,
      '../../../node_modules/@nordicsemiconductor/lwm2m-types/LwM2MDocument.schema.json',
    ),
    'utf8',
  ),
) as { readonly properties: Readonly<Record<string, PublishedObject>> };

function published(objectId: number): PublishedObject | undefined {
  return Object.entries(registry.properties).find(([urn]) => urn.split(':')[0] === String(objectId))?.[1];
}

const jsonTypes: Readonly<Record<ResourceDefinition['type'], string>> = {
  string: 'string',
  opaque: 'string',
  objlnk: 'string',
  integer: 'integer',
  unsigned: 'integer',
  boolean: 'integer',
  time: 'integer',
  float: 'number',
  none: '',
};

describe('object definitions', () => {
  for (const objectId of [1, 2, 3, 4, 5, 6, 7, 9, 14, 19]) {
    it(`of ${objectId} agree with the published registry`, () => {
      const ours = objectDefinition(objectId)!;
      const outer = published(objectId)!;
      const theirs = outer.items ?? outer;
      assert.equal(ours.multiple, outer.type === 'array');
      assert.equal(ours.name.toLowerCase(), outer.title.toLowerCase());
      for (const [id, found] of Object.entries(theirs.properties ?? {})) {
        const one = found.items ?? found;
        const mine = ours.resources.get(Number(id));
        const where = `/${objectId}/*/${id} ${found.title ?? ''}`;
        assert.ok(mine, where);
        assert.equal(mine.name, found.title, where);
        assert.equal(mine.multiple, found.type === 'array', where);
        assert.equal(jsonTypes[mine.type], one.type, where);
        assert.equal(mine.type === 'time', one.unixTimestamp === true, where);
        assert.equal(mine.type === 'objlnk', one.pattern !== undefined, where);
        if (mine.type === 'integer' || mine.type === 'unsigned') {
          assert.deepEqual(
            mine.range,
            one.minimum === undefined ? undefined : [one.minimum, one.maximum],
            where,
          );
        }
        const units = /Units: (\S+)\.$/.exec(found.description ?? '')?.[1];
        if (units !== undefined) assert.equal(mine.units, units, where);
      }
      for (const mine of ours.resources.values()) {
        if (mine.operations.includes('E')) assert.equal(mine.type, 'none', `${objectId}/${mine.id}`);
      }
    });
  }

  it('name every state and result of firmware and software update', () => {
    const named = (objectId: number, resourceId: number): readonly number[] => [
      ...(resourceDefinition(objectId, resourceId)?.enumeration?.keys() ?? []),
    ];
    assert.deepEqual(named(5, 3), [0, 1, 2, 3]);
    assert.deepEqual(named(5, 5), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.deepEqual(named(9, 7), [0, 1, 2, 3, 4]);
    assert.deepEqual(named(9, 9), [0, 1, 2, 3, 50, 51, 52, 53, 54, 56, 57, 58, 59]);
    assert.equal(resourceDefinition(5, 3)?.enumeration?.get(2), 'Downloaded');
  });

  it('have values with a name only within the range', () => {
    for (const objectId of [0, 1, 2, 3, 4, 5, 6, 7, 9, 14]) {
      for (const { range, enumeration, name } of objectDefinition(objectId)!.resources.values()) {
        for (const value of enumeration?.keys() ?? []) {
          if (range) assert.ok(value >= range[0] && value <= range[1], `${name} ${value}`);
        }
      }
    }
  });

  it('have object 33629 as object 5 of version 1.1, with what holds its instances together', () => {
    const { resources } = objectDefinition(33629)!;
    assert.deepEqual(
      [...resources.keys()].sort((a, b) => a - b),
      [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
    );
    for (const id of [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]) {
      assert.deepEqual(resources.get(id), resourceDefinition(5, id));
    }
    assert.deepEqual([...(resources.get(5)?.enumeration?.keys() ?? [])], [...Array(14).keys()]);
    assert.deepEqual([resources.get(5)?.range, resources.get(17)?.type], [[0, 13], 'objlnk']);
  });

  it('tell what has no definition', () => {
    assert.equal(objectDefinition(65_000), undefined);
    assert.equal(resourceDefinition(5, 4), undefined);
    assert.equal(resourceDefinition(65_000, 0), undefined);
  });

  it('know what the package leaves out: Security, executables, and which strings are opaque', () => {
    assert.equal(objectDefinition(0)?.resources.size, 31);
    assert.equal(resourceDefinition(0, 5)?.operations, '');
    assert.equal(resourceDefinition(5, 0)?.type, 'opaque');
    assert.equal(resourceDefinition(5, 2)?.operations, 'E');
    assert.equal(resourceDefinition(6, 4)?.type, 'opaque');
    assert.equal(resourceDefinition(14, 1)?.type, 'opaque');
  });
});
