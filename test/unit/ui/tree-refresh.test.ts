import assert from 'node:assert/strict';
import { type BoardNode, BoardNodes } from '../../../src/ui/board-nodes';
import { childrenOf, rowOf } from '../../../src/ui/boards-model';
import type { ResourceValue } from '../../../src/lwm2m/values';
import type { BoardsSource } from '../../../src/ui/boards-source';
import { TreeRefresh } from '../../../src/ui/tree-refresh';
import { FakeClock } from '../support/fake-clock';
import { boardsSource, shownBoard } from './shown-board';

const names = Array.from({ length: 10_000 }, (_, index) => `board-${index}`);

describe('the tree of 10,000 boards', () => {
  let clock: FakeClock;
  let nodes: BoardNodes;
  let source: BoardsSource;
  let fired: (readonly BoardNode[] | undefined)[];
  let refresh: TreeRefresh;

  beforeEach(() => {
    clock = new FakeClock();
    nodes = new BoardNodes();
    source = boardsSource({ boards: names.map((name) => shownBoard({ name })) });
    fired = [];
    refresh = new TreeRefresh(clock, nodes, (changed) => fired.push(changed));
    childrenOf(source, undefined, nodes);
  });

  it('tells of 10,000 changes in one event', async () => {
    for (const name of names) refresh.request(name);
    await clock.advance(400);
    assert.deepEqual(fired, [undefined]);
    assert.equal(clock.pending, 0);
  });

  it('makes only the rows of the boards that changed, where they are few', async () => {
    for (let round = 0; round < 100; round++) for (const name of names.slice(0, 20)) refresh.request(name);
    await clock.advance(400);
    assert.equal(fired.length, 1);
    assert.equal(fired[0]?.length, 20);
    let asked = 0;
    const counting: BoardsSource = {
      ...source,
      jobOf: () => {
        asked++;
        return undefined;
      },
    };
    for (const node of fired[0] ?? []) assert.ok(rowOf(counting, node));
    assert.equal(asked, 20);
  });

  it('hands VS Code the nodes that it knows, by their identity, in the order in which people count', () => {
    const before = childrenOf(source, undefined, nodes);
    const after = childrenOf(source, undefined, nodes);
    assert.ok(before.every((node, index) => node === after[index]));
    assert.deepEqual(before[10], { kind: 'board', board: 'board-10' });
    const fewer = boardsSource({ boards: [...source.boards.values()].slice(1) });
    const [first] = childrenOf(fewer, undefined, nodes);
    assert.equal(first, before[1]);
    assert.equal(nodes.get('board-0'), undefined);
  });

  it('shows everything where boards or links came or went, or a board is not in the tree yet', async () => {
    refresh.request('board-1');
    refresh.request();
    await clock.advance(400);
    refresh.request('newcomer');
    await clock.advance(400);
    refresh.request('board-1');
    await clock.advance(400);
    assert.deepEqual(fired, [undefined, undefined, [nodes.get('board-1')]]);
  });

  it('reads no board’s values for tooltips that nobody looks at, and folds boards away', () => {
    const read: string[] = [];
    const board = shownBoard({ values: { '/3/0/0': 'Maker' } });
    class Reading extends Map<string, ResourceValue> {
      override get(path: string): ResourceValue | undefined {
        read.push(path);
        return super.get(path);
      }
    }
    const values = new Reading(board.values);
    const many = boardsSource({ boards: [...source.boards.values(), { ...board, values }] });
    const row = rowOf(many, { kind: 'board', board: 'desk-1' });
    assert.deepEqual([row?.children, read], ['collapsed', ['/3/0/3', '/5/0/7']]);
    assert.match(row?.tooltip ?? '', /Maker/);
  });

  it('fires nothing once it is disposed', async () => {
    refresh.request();
    refresh.dispose();
    await clock.advance(1000);
    assert.deepEqual([fired, clock.pending], [[], 0]);
  });
});
