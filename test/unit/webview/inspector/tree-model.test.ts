import assert from 'node:assert/strict';
import type { InspectionField } from '../../../../src/image/inspection';
import {
  ancestors,
  fieldAtPath,
  firstExpanded,
  moveBy,
  pathOfByte,
  type TreeMove,
  visibleRows,
} from '../../../../webview/inspector/tree-model';

const field = (
  name: string,
  offset: number,
  length: number,
  children?: readonly InspectionField[],
): InspectionField => ({ name, value: '', at: { offset, length }, ...(children && { children }) });

const fields = [
  field('header', 0, 8, [field('magic', 0, 4), field('version', 4, 4)]),
  field('body', 8, 8),
  field('trailer', 16, 8, [field('records', 18, 6, [field('hash', 20, 4)])]),
];
const names = (expanded: readonly string[]): string[] =>
  visibleRows(fields, new Set(expanded)).map(({ field: { name }, level }) => `${level} ${name}`);

describe('the tree of fields', () => {
  it('shows what its ancestors are open for, with each row’s place for screen readers', () => {
    assert.deepEqual(names([]), ['1 header', '1 body', '1 trailer']);
    assert.deepEqual(names(['0']), ['1 header', '2 magic', '2 version', '1 body', '1 trailer']);
    assert.deepEqual(names(['2/0']), ['1 header', '1 body', '1 trailer'], 'closed within what is closed');
    const [, , version] = visibleRows(fields, new Set(['0']));
    assert.deepEqual([version!.path, version!.position, version!.siblings], ['0/1', 2, 2]);
    assert.deepEqual(
      visibleRows(fields, new Set(['1'])).map(({ isExpandable, isExpanded }) => [isExpandable, isExpanded]),
      [
        [true, false],
        [false, false],
        [true, false],
      ],
    );
  });

  it('is opened at first as far as there is room, the top always', () => {
    assert.deepEqual([...firstExpanded(fields, 100)], ['0', '2', '2/0']);
    assert.deepEqual([...firstExpanded(fields, 6)], ['0', '2']);
    assert.deepEqual([...firstExpanded(fields, 1)], ['0', '2']);
    assert.deepEqual([...firstExpanded([], 1)], []);
  });

  it('finds fields by their path, and the innermost one of a byte', () => {
    assert.equal(fieldAtPath(fields, '2/0/0')?.name, 'hash');
    for (const path of ['3', '1/0', '2/0/1', 'x']) assert.equal(fieldAtPath(fields, path), undefined);
    assert.equal(pathOfByte(fields, 5), '0/1');
    assert.equal(pathOfByte(fields, 17), '2');
    assert.equal(pathOfByte(fields, 19), '2/0');
    assert.equal(pathOfByte(fields, 23), '2/0/0');
    assert.equal(pathOfByte(fields, 24), undefined);
    assert.deepEqual(ancestors('2/0/0'), ['2', '2/0']);
    assert.deepEqual(ancestors('2'), []);
  });

  it('is walked through with the keys that ARIA’s practices name', () => {
    const expanded = new Set(['0']);
    const rows = visibleRows(fields, expanded);
    const press = (key: string, selected?: string): TreeMove | undefined => moveBy(key, rows, selected, 3);
    const select = (path: string): TreeMove => ({ type: 'select', path });
    assert.deepEqual(press('ArrowDown'), select('0'), 'into the tree');
    assert.deepEqual(press('ArrowDown', '0'), select('0/0'));
    assert.deepEqual(press('ArrowDown', '2'), select('2'), 'stays at the end');
    assert.deepEqual(press('ArrowUp', '0/0'), select('0'));
    assert.deepEqual(press('ArrowUp', '0'), select('0'));
    assert.deepEqual(press('Home', '2'), select('0'));
    assert.deepEqual(press('End', '0'), select('2'));
    assert.deepEqual(press('PageDown', '0'), select('0/1'));
    assert.deepEqual(press('PageUp', '2'), select('0/1'));
    assert.deepEqual(press('ArrowRight', '0'), select('0/0'));
    assert.deepEqual(press('ArrowRight', '2'), { type: 'expand', paths: ['2'] });
    assert.equal(press('ArrowRight', '1'), undefined);
    assert.deepEqual(press('ArrowLeft', '0/1'), select('0'));
    assert.deepEqual(press('ArrowLeft', '0'), { type: 'collapse', paths: ['0'] });
    assert.equal(press('ArrowLeft', '2'), undefined);
    assert.deepEqual(press('Enter', '0'), { type: 'collapse', paths: ['0'] });
    assert.deepEqual(press(' ', '2'), { type: 'expand', paths: ['2'] });
    assert.equal(press('Enter', '1'), undefined);
    assert.deepEqual(press('*', '1'), { type: 'expand', paths: ['0', '2'] });
    assert.equal(press('a', '1'), undefined);
    assert.equal(moveBy('End', [], undefined, 3), undefined);
  });
});
