import assert from 'node:assert/strict';
import type { ResourceType } from '../../../src/lwm2m/objects/definition';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';
import { type InputDefinition, parseInput } from '../../../src/lwm2m/value-input';
import type { ResourceValue } from '../../../src/lwm2m/values';

const value = (text: string, type: ResourceType, some: Partial<InputDefinition> = {}): unknown => {
  const input = parseInput(text, { type, ...some });
  return 'value' in input ? input.value : input.problem;
};

describe('What is typed for a value', () => {
  const good: readonly (readonly [ResourceType, string, ResourceValue])[] = [
    ['string', ' as it is ', ' as it is '],
    ['string', '', ''],
    ['integer', '-5', -5],
    ['integer', '+7 ', 7],
    ['integer', '0x1F', 31],
    ['integer', '9223372036854775807', 9223372036854775807n],
    ['unsigned', '18446744073709551615', 18446744073709551615n],
    ['float', '21.5', 21.5],
    ['float', '-.5e-3', -0.0005],
    ['boolean', 'true', true],
    ['boolean', '0', false],
    ['boolean', 'Off', false],
    ['time', '1767225600', new Date('2026-01-01T00:00:00Z')],
    ['time', '2026-01-01', new Date('2026-01-01T00:00:00Z')],
    ['time', '2026-01-01T12:00', new Date('2026-01-01T12:00:00Z')],
    ['time', '2026-01-01 12:00:00 UTC', new Date('2026-01-01T12:00:00Z')],
    ['time', '2026-01-01T12:00:00.750+02:00', new Date('2026-01-01T10:00:00Z')],
    ['opaque', '', new Uint8Array(0)],
    ['opaque', '0x01 a0:FF', Uint8Array.of(1, 0xa0, 0xff)],
    ['objlnk', '3:0', { objectId: 3, instanceId: 0 }],
    ['objlnk', '/3/0', { objectId: 3, instanceId: 0 }],
    ['objlnk', '65535:65535', { objectId: 65535, instanceId: 65535 }],
  ];
  for (const [type, text, wanted] of good) {
    it(`is taken as ${type}: '${text}'`, () => assert.deepEqual(value(text, type), wanted));
  }

  const bad: Readonly<Record<Exclude<ResourceType, 'string'>, readonly string[]>> = {
    integer: ['', '1.5', 'five', '9223372036854775808', '0x', '1 2'],
    unsigned: ['-1', '18446744073709551616'],
    float: ['', '1,5', 'NaN', 'Infinity', '1e999', '0x10'],
    boolean: ['', '2', 'maybe'],
    time: ['', 'tomorrow', '2026-13-01', '2026-01-01T25:00', '9999999999999999'],
    opaque: ['0', 'xyz', 'a0 f'],
    objlnk: ['3', '3:0:1', '70000:0', '3/0'],
    none: ['', '1'],
  };
  for (const [type, texts] of Object.entries(bad) as [ResourceType, readonly string[]][]) {
    for (const text of texts) {
      it(`is no ${type}: '${text}'`, () => assert.deepEqual(value(text, type), { kind: 'type', type }));
    }
  }

  it('must lie within the range, its ends included', () => {
    const range = [0, 100] as const;
    assert.equal(value('100', 'integer', { range }), 100);
    assert.deepEqual(value('101', 'integer', { range }), { kind: 'range', low: 0, high: 100 });
    assert.deepEqual(value('-0.1', 'float', { range }), { kind: 'range', low: 0, high: 100 });
    assert.deepEqual(value('9223372036854775807', 'integer', { range }), {
      kind: 'range',
      low: 0,
      high: 100,
    });
  });

  it('must have a length within the range, in bytes', () => {
    const range = [1, 3] as const;
    assert.equal(value('äa', 'string', { range }), 'äa');
    assert.deepEqual(value('ää', 'string', { range }), { kind: 'length', low: 1, high: 3 });
    assert.deepEqual(value('', 'opaque', { range }), { kind: 'length', low: 1, high: 3 });
    assert.equal(value('true', 'boolean', { range: [5, 9] }), true);
  });

  it('may be the name of a value', () => {
    const battery = resourceDefinition(3, 20);
    assert.ok(battery);
    assert.deepEqual(parseInput('charging', battery), { value: 1 });
    assert.deepEqual(parseInput('6', battery), { value: 6 });
    assert.deepEqual(parseInput('7', battery), { problem: { kind: 'range', low: 0, high: 6 } });
  });
});
