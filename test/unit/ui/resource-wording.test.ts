import assert from 'node:assert/strict';
import type { Operations, ResourceType } from '../../../src/lwm2m/objects/definition';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';
import {
  argumentsProblem,
  operationsText,
  problemText,
  rangeText,
  typeHint,
} from '../../../src/ui/resource-wording';
import { describeCode } from '../../../src/ui/wording';

describe('Words about resources', () => {
  it('say how each type is typed', () => {
    const types: readonly ResourceType[] = [
      'string',
      'integer',
      'unsigned',
      'float',
      'boolean',
      'time',
      'opaque',
      'objlnk',
    ];
    assert.equal(new Set(types.map((type) => typeHint(type))).size, types.length);
    assert.equal(
      problemText({ kind: 'type', type: 'objlnk' }),
      'Type an object and an instance, such as 3:0.',
    );
    assert.equal(problemText({ kind: 'range', low: 0, high: 6 }), 'It must be from 0 to 6.');
    assert.equal(problemText({ kind: 'length', low: 1, high: 64 }), 'It must be 1 to 64 bytes long.');
  });

  it('tell range and operations', () => {
    assert.equal(rangeText(resourceDefinition(3, 9)!), '0 to 100 %');
    assert.equal(rangeText(resourceDefinition(3, 0)!), undefined);
    const all: readonly Operations[] = ['', 'R', 'W', 'RW', 'E'];
    assert.equal(new Set(all.map((operations) => operationsText(operations))).size, all.length);
  });

  it('check the arguments of an Execute', () => {
    for (const text of ['', '0', "0='30'", "0='30',1,2=''"]) {
      assert.equal(argumentsProblem(text), undefined, text);
    }
    for (const text of ['x', '10', '0=30', "0='a'b", ',', "0='"]) {
      assert.match(argumentsProblem(text) ?? '', /digits/, text);
    }
  });

  it('name each refusal, and what helps with it', () => {
    const remedy = (method: string, code: string): string =>
      describeCode('coap.response', { method, path: '/3/0/0', code }).remedy ?? '';
    assert.match(remedy('PUT', '4.05'), /read-only/);
    assert.match(remedy('GET', '4.05'), /can’t be read/);
    assert.match(remedy('POST', '4.05'), /executed/);
    assert.match(remedy('DELETE', '4.05'), /deleted/);
    assert.match(remedy('PUT', '4.00'), /type, range/);
    assert.match(remedy('GET', '4.01'), /Access Control/);
    assert.match(remedy('GET', '4.04'), /no such object/);
    assert.match(remedy('PUT', '4.13'), /no room/);
    assert.match(remedy('PUT', '4.15'), /content format/);
    const codes = ['4.00', '4.01', '4.04', '4.05', '4.06', '4.08', '4.09', '5.00', '5.01', '9.99'];
    assert.equal(new Set(codes.map((code) => remedy('PUT', code))).size, codes.length);
    assert.equal(
      describeCode('coap.response', { method: 'PUT', path: '/3/0/0', code: '4.05', diagnostic: 'no' })
        .message,
      'The board answered PUT /3/0/0 with 4.05 Method Not Allowed. It says: “no”.',
    );
  });
});
