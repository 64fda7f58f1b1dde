import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ResourceDefinition } from '../../../src/lwm2m/objects/definition';
import { objectDefinition, resourceDefinition } from '../../../src/lwm2m/objects/objects';
import { registryDefinition, registryObjects } from '../../../src/lwm2m/registry/registry';

interface Published {
  readonly title?: string;
  readonly type: string;
  readonly properties?: Readonly<Record<string, Published>>;
  readonly items?: Published;
}

/** The registry as another program has read it from the same XML, some years on. */
const published = Object.entries(
  (
    JSON.parse(
      readFileSync(
        path.join(
          import.meta.dirname,
          '../../../node_modules/@nordicsemiconductor/lwm2m-types/LwM2MDocument.schema.json',
        ),
        'utf8',
      ),
    ) as { readonly properties: Readonly<Record<string, Published>> }
  ).properties,
);

describe('The registry', () => {
  it('has the objects of the OMA registry beside the core ones', () => {
    assert.equal(registryObjects.length, 271);
    assert.deepEqual(
      registryObjects,
      [...registryObjects].sort((a, b) => a - b),
    );
    for (const core of [0, 1, 3, 5, 9, 14, 19]) {
      assert.equal(registryDefinition(core), undefined);
      assert.ok(objectDefinition(core));
    }
    assert.equal(registryDefinition(33629), undefined);
  });

  it('tells names, types, units, ranges and operations', () => {
    const temperature = objectDefinition(3303);
    assert.equal(temperature?.name, 'Temperature');
    assert.equal(temperature?.multiple, true);
    assert.match(
      temperature?.description ?? '',
      /^This IPSO object should be used with a temperature sensor/,
    );
    assert.deepEqual(
      [5700, 5605, 5518].map((id) => {
        const { name, type, operations } = resourceDefinition(3303, id)!;
        return [name, type, operations];
      }),
      [
        ['Sensor Value', 'float', 'R'],
        ['Reset Min and Max Measured Values', 'none', 'E'],
        ['Timestamp', 'time', 'R'],
      ],
    );
    const dimmer = resourceDefinition(3311, 5851);
    assert.deepEqual(
      [dimmer?.operations, dimmer?.type, dimmer?.units, dimmer?.range],
      ['RW', 'integer', '/100', [0, 100]],
    );
    assert.equal(resourceDefinition(3303, 1), undefined);
  });

  it('names values where its descriptions list them', () => {
    const named = registryObjects.flatMap((id) =>
      [...objectDefinition(id)!.resources.values()].filter(({ enumeration }) => enumeration),
    );
    assert.ok(named.length > 40, String(named.length));
    for (const { enumeration, type } of named) {
      assert.ok(type === 'integer' || type === 'unsigned');
      for (const name of enumeration!.values()) assert.match(name, /^\S/);
    }
  });

  it('is whole in itself', () => {
    for (const id of registryObjects) {
      for (const [key, row] of objectDefinition(id)!.resources) {
        const where = `/${id}/*/${key}`;
        assert.equal(row.id, key, where);
        assert.notEqual(row.name, '', where);
        assert.equal(row.operations === 'E', row.type === 'none', where);
        if (row.range) assert.ok(row.range[0] <= row.range[1], where);
      }
    }
  });

  it('agrees with how another program reads the registry', () => {
    let compared = 0;
    for (const [urn, object] of published) {
      const [id, version = '1.0'] = urn.split(/[:@]/);
      const ours = registryDefinition(Number(id));
      if (ours?.version !== version) continue;
      const resources: ReadonlyMap<number, ResourceDefinition> = ours.resources;
      const theirs = object.items ?? object;
      for (const [resourceId, { title, type, items }] of Object.entries(theirs.properties ?? {})) {
        const mine = resources.get(Number(resourceId));
        if (!mine || mine.name !== title) continue;
        compared++;
        const where = `/${urn}/${resourceId} ${title ?? ''}`;
        const json = {
          integer: 'integer',
          unsigned: 'integer',
          boolean: 'integer',
          time: 'integer',
          float: 'number',
        };
        const wanted = items?.type ?? type;
        const found: string = json[mine.type as keyof typeof json] ?? 'string';
        // A Boolean is 0 or 1 there, and some Booleans are of that type.
        if (mine.type !== 'boolean' && wanted !== 'boolean') assert.equal(found, wanted, where);
      }
    }
    assert.ok(compared > 1000, String(compared));
  });
});
