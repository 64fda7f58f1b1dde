import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { childrenOf, rowOf } from '../../../src/ui/boards-model';
import { attributesText, parseAttributes } from '../../../src/ui/attribute-input';
import type { ResourceSource } from '../../../src/ui/resource-access';
import type { TreeNode } from '../../../src/ui/tree-row';
import { boardsSource, shownBoard } from './shown-board';

const board = 'desk-1';
const resource = (path: string): TreeNode => ({ kind: 'resource', board, path });
const instance: TreeNode = { kind: 'instance', board, objectId: 3303, instanceId: 0 };
const note: TreeNode = { kind: 'note', board, path: '/3303/0' };
const objects = { 3: [0], 5: [0], 3303: [0, 1], 33000: [0] };
const values = { '/3303/0/5700': 21.5, '/3/0/6/0': 1, '/3/0/6/1': 5 };
const discovered = (_board: string, path: string): { path: string; attributes: Record<string, string> }[] =>
  path === '/3303/0'
    ? ['/3303/0', '/3303/0/5605', '/3303/0/5700', '/3303/0/5601'].map((at) => ({ path: at, attributes: {} }))
    : [];

const source = (
  resources: Partial<ResourceSource> = { discovered },
  online = true,
): ReturnType<typeof boardsSource> =>
  boardsSource({ boards: [shownBoard({ objects, values, online })], resources });

describe('All other objects of a board', () => {
  it('are in a group of their own, by name or by number', () => {
    const more = childrenOf(source(), { kind: 'board', board }).at(-1)!;
    assert.deepEqual(more, { kind: 'more', board });
    const row = rowOf(source(), more)!;
    assert.deepEqual([row.label, row.description, row.children], ['More objects', '3 objects', 'collapsed']);
    const rows = childrenOf(source(), more).map((node) => rowOf(source(), node)!);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['Device', 'Temperature', 'Object 33000'],
    );
    assert.match(rows[1]!.tooltip, /IPSO object should be used with a temperature sensor/);
    assert.equal(
      rowOf(boardsSource({ boards: [shownBoard({ objects: { 3: [0] } })] }), more)?.description,
      '1 object',
    );
  });

  it('can be created and deleted where there may be several', () => {
    const words = (node: TreeNode): string => rowOf(source(), node)!.contextValue;
    assert.equal(
      words({ kind: 'object', board, objectId: 3303 }),
      'object online readable observable creatable',
    );
    assert.equal(
      words({ kind: 'object', board, objectId: 33000 }),
      'object online readable observable creatable',
    );
    assert.equal(words({ kind: 'object', board, objectId: 3 }), 'object online readable observable');
    assert.equal(words(instance), 'instance online readable observable deletable');
    assert.equal(rowOf(source(), instance)?.children, 'collapsed');
  });

  it('have the resources that they tell of, and those with values', () => {
    const rows = childrenOf(source(), instance).map((node) => rowOf(source(), node)!);
    assert.deepEqual(
      rows.map(({ label, description, icon }) => [label, description, icon]),
      [
        ['Min Measured Value', 'no value read', 'circle-outline'],
        ['Reset Min and Max Measured Values', 'executable', 'play-circle'],
        ['Sensor Value', '21.5', 'symbol-number'],
      ],
    );
    assert.deepEqual(
      rows.map(({ contextValue }) => contextValue),
      [
        'resource readable observable online',
        'resource executable online',
        'resource valued readable observable online',
      ],
    );
    assert.match(rows[2]!.tooltip, /Can be read; takes a number/);
    assert.deepEqual(rows[1]!.spoken, 'Reset Min and Max Measured Values: executable');
  });

  it('have resources of several values', () => {
    const row = rowOf(source(), resource('/3/0/6'))!;
    assert.deepEqual([row.description, row.children], ['2 values', 'collapsed']);
    assert.equal(row.contextValue, 'resources readable observable online');
    assert.equal(rowOf(source(), resource('/3/0/6/1'))?.description, 'USB');
  });

  it('take anything where the registry does not know them', () => {
    const row = rowOf(source(), resource('/33000/0/7'))!;
    assert.equal(row.label, 'Resource 7');
    assert.equal(row.contextValue, 'resource readable observable writable executable online');
  });

  it('show what is observed', () => {
    const row = rowOf(
      source({ isObserved: (_name, path) => path === '/3303/0/5700' }),
      resource('/3303/0/5700'),
    )!;
    assert.equal(row.icon, 'eye');
    assert.match(row.spoken, /, observed$/);
    assert.match(row.contextValue, /\bobserved\b/);
    assert.doesNotMatch(row.contextValue, /observable/);
  });

  it('tell why there is nothing to see', () => {
    const label = (some: Partial<ResourceSource>, online = true): string =>
      rowOf(source(some, online), note)!.label;
    assert.equal(label({}), 'Reading…');
    assert.equal(label({ isRead: () => true }), 'No resources');
    assert.equal(label({}, false), 'No values known');
    const problem = new SlipwayError('coap.response', { method: 'GET', path: '/3303/0', code: '4.01' });
    assert.equal(label({ problem: () => problem }), 'Could not be read');
    assert.equal(label({ isUpdating: () => true }), 'Read when the update has ended');
  });
});

describe('Attributes of notifications', () => {
  it('are typed in one line', () => {
    assert.deepEqual(parseAttributes('/3303/0/5700', 'pmin=5, pmax=60 gt=30.5 lt=-10', ''), {
      ...{ pmin: 5, pmax: 60, gt: 30.5, lt: -10 },
    });
    assert.equal(attributesText({ pmax: '60', ver: '1.1', pmin: '5', dim: '3' }), 'pmin=5 pmax=60');
  });

  it('end when they are removed', () => {
    assert.deepEqual(parseAttributes('/3/0/9', 'pmax=60', 'pmin=5 pmax=30'), { pmax: 60, pmin: null });
    assert.deepEqual(parseAttributes('/3/0/9', '', 'st=1'), { st: null });
  });

  for (const [text, reason] of [
    ['', /no attribute/],
    ['pmin', /pmin is not name=number/],
    ['pmin=x', /not name=number/],
    ['often=1', /often is none of/],
    ['pmin=1.5', /no whole number/],
    ['gt=1 lt=2', /below gt/],
    ['st=-1', /negative/],
  ] as const) {
    it(`are refused: '${text}'`, () => {
      assert.throws(
        () => parseAttributes('/3/0/9', text, ''),
        (error: unknown) => SlipwayError.is(error, 'lwm2m.bad-value') && reason.test(error.details.reason),
      );
    });
  }
});
