import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { BoardsSource, ShownLink } from '../../../src/ui/boards-source';
import { childrenOf, onlyBusyPorts, parentOf, rowOf } from '../../../src/ui/boards-model';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { type TreeNode, nodeId } from '../../../src/ui/tree-row';
import { boardsSource, shownBoard, updateProgress } from './shown-board';

function text(source: BoardsSource, node?: TreeNode, level = 0): string[] {
  return childrenOf(source, node).flatMap((child) => {
    const row = rowOf(source, child);
    assert.ok(row, nodeId(child));
    assert.equal(row.id, nodeId(child));
    assert.deepEqual(parentOf(source, child), node);
    const line = `${'  '.repeat(level)}${[row.label, row.description].filter(Boolean).join(' | ')}`;
    return [line, ...text(source, child, level + 1)];
  });
}

const link = (id: string, some: Partial<ShownLink> = {}): ShownLink => ({
  id,
  kind: 'serial',
  state: 'open',
  error: undefined,
  ...some,
});

describe('the tree of boards', () => {
  it('shows boards with objects, instances and resources, in the order of names and numbers', () => {
    const boards = [
      shownBoard({ name: 'desk-10' }),
      shownBoard({
        name: 'desk-2',
        objects: { 3: [0], 5: [0], 9: [1, 0] },
        values: {
          '/3/0/3': '2.0.0',
          '/5/0/3': 0,
          '/5/0/5': 1,
          '/5/0/8/0': 0,
          '/5/0/8/1': 1,
          '/9/0/0': 'sensor',
          '/9/0/7': 0,
        },
      }),
    ];
    assert.deepEqual(text(boardsSource({ boards })), [
      'desk-2 | online · 2.0.0 · /dev/ttyUSB0',
      '  Firmware Update | Idle',
      '    Instance 0 | Idle',
      '      State | Idle',
      '      Update Result | Firmware updated successfully',
      '      Protocol Support | 2 values',
      '        [0] | CoAP',
      '        [1] | CoAPS',
      '  Software Management | 2 instances',
      '    sensor | Initial',
      '      PkgName | sensor',
      '      Update State | Initial',
      '    Instance 1 | /9/1',
      '      Reading…',
      '  More objects | 1 object',
      '    Device | /3',
      '      Instance 0 | /3/0',
      '        Firmware Version | 2.0.0',
      'desk-10 | online · /dev/ttyUSB0',
      '  Firmware Update | /5',
      '    Instance 0 | /5/0',
      '      Reading…',
      '  More objects | 1 object',
      '    Device | /3',
      '      Instance 0 | /3/0',
      '        Reading…',
    ]);
  });

  describe('of software', () => {
    const link14 = (instanceId: number) => ({ objectId: 14, instanceId });
    const values = {
      ...{
        '/9/0/0': 'timetable',
        '/9/0/7': 4,
        '/9/0/12': true,
        '/9/0/17/0': link14(2),
        '/9/0/17/1': link14(1),
      },
      ...{ '/9/1/7': 3, '/9/1/17/0': link14(2), '/9/1/17/1': link14(9) },
      ...{ '/14/1/0': 'fonts', '/14/2/0': 'rows', '/14/2/5': true, '/14/3/0': 'stray' },
    };
    const objects = { 9: [0, 1, 2], 14: [3, 1, 2] };

    it('shows components below the first software that links to them, and others by themselves', () => {
      assert.deepEqual(
        text(boardsSource({ boards: [shownBoard({ objects, values })] }))
          .filter((line) => !/^ +(\[|PkgName|Component|Activation|Update|Software Component)/.test(line))
          .map((line) => line.replace(/ \| Reading.*/, '')),
        [
          'desk-1 | online · /dev/ttyUSB0',
          '  Software Management | 3 instances',
          '    timetable | Installed · active',
          '      fonts | /14/1',
          '      rows | Enabled',
          '    Instance 1 | Delivered',
          '    Instance 2 | /9/2',
          '      Reading…',
          '    stray | /14/3',
        ],
      );
    });

    it('leaves object 14 out where all of it is shown elsewhere', () => {
      const board = shownBoard({ objects: { 9: [0], 14: [1, 2] }, values });
      const shown = childrenOf(boardsSource({ boards: [board] }), { kind: 'board', board: 'desk-1' });
      assert.deepEqual(shown.map(nodeId), ['board:desk-1:/9']);
    });

    const contexts = (wish: Readonly<Record<string, ResourceValue>>, online = true): string | undefined => {
      const boards = [shownBoard({ objects: { 9: [0] }, values: wish, online })];
      const node = { kind: 'instance', board: 'desk-1', objectId: 9, instanceId: 0 } as const;
      return rowOf(boardsSource({ boards }), node)?.contextValue;
    };
    for (const [state, active, expected] of [
      [0, false, 'canDeliver'],
      [1, false, 'canDeliver'],
      [3, false, 'canDeliver canInstall canUninstall'],
      [4, false, 'canActivate canUninstall canUninstallForUpdate'],
      [4, true, 'canDeactivate canUninstall canUninstallForUpdate'],
    ] as const) {
      it(`offers what state ${state}${active ? ', active,' : ''} allows`, () => {
        assert.equal(
          contexts({ '/9/0/7': state, '/9/0/12': active }),
          `instance online software ${expected} readable observable deletable`,
        );
      });
    }

    it('offers nothing while the state is not known', () => {
      assert.equal(contexts({}, false), 'instance offline software readable observable deletable');
    });

    it('shows what is under way, and offers to cancel it', () => {
      const source = boardsSource({
        boards: [shownBoard({ objects, values })],
        software: { 'desk-1 0': updateProgress() },
      });
      const node = { kind: 'instance', board: 'desk-1', objectId: 9, instanceId: 0 } as const;
      const row = rowOf(source, node);
      assert.deepEqual(
        [row?.description, row?.icon, row?.contextValue],
        ['43 % · 11.2 kB/s', 'sync~spin', 'instance online software busy readable observable'],
      );
    });
  });

  it('shows the components of firmware by their names, with what they run', () => {
    const board = shownBoard({
      objects: { 33629: [0, 1] },
      values: {
        ...{ '/33629/0/3': 2, '/33629/0/14': 'application', '/33629/0/15': '1.0.0' },
        ...{ '/33629/1/3': 0, '/33629/1/5': 13, '/33629/1/15': '3.1' },
      },
    });
    const source = boardsSource({ boards: [board] });
    assert.deepEqual(text(source), [
      'desk-1 | online · /dev/ttyUSB0',
      '  Advanced Firmware Update | 2 instances',
      '    application | 1.0.0 · Downloaded',
      '      State | Downloaded',
      '      Component Name | application',
      '      Current Version | 1.0.0',
      '    Instance 1 | 3.1 · Idle',
      '      State | Idle',
      '      Update Result | Dependency error',
      '      Current Version | 3.1',
    ]);
    const object = rowOf(source, { kind: 'object', board: 'desk-1', objectId: 33629 });
    assert.equal(object?.contextValue, 'object online components readable observable creatable');
  });

  it('shows the bootstrap of a board by itself until it has registered, then below it', () => {
    const done = { endpoint: 'fresh', phase: 'done', written: ['/0/1', '/1/0', '/19/0'], total: 3 } as const;
    const rows = [
      'Security | written to /0/1',
      'Server | written to /1/0',
      'Trust anchor | written to /19/0',
    ];
    assert.deepEqual(text(boardsSource({ bootstraps: [done] })), [
      'fresh | was given its account, and has not registered yet',
      ...rows.map((row) => `  ${row}`),
    ]);
    const board = shownBoard({ name: 'fresh', objects: { 1: [0] } });
    const shown = text(boardsSource({ boards: [board], bootstraps: [done] }));
    assert.deepEqual(shown.slice(1, 5), [
      '  Bootstrap | was given its account',
      ...rows.map((row) => `    ${row}`),
    ]);
  });

  it('says why a board has no account, and what to do', () => {
    const error = new SlipwayError('bootstrap.no-key', { board: 'fresh' });
    const unserved = { endpoint: 'fresh', phase: 'unserved', written: [], total: 0, error } as const;
    const node = { kind: 'bootstrap', board: 'fresh' } as const;
    const row = rowOf(boardsSource({ bootstraps: [unserved] }), node)!;
    assert.equal(row.description, 'asks for its account; there is no key for it to trust');
    assert.match(row.tooltip, /Generate or select a signing key/);
    assert.match(row.spoken, /Generate or select a signing key/);
    assert.equal(row.contextValue, 'bootstrap unknown unserved');
    for (const phase of ['deleting', 'writing', 'finishing', 'failed', 'done'] as const) {
      const at = rowOf(boardsSource({ bootstraps: [{ ...unserved, phase }] }), node)!;
      const spins = phase === 'deleting' || phase === 'writing' || phase === 'finishing';
      assert.equal(at.icon.includes('spin'), spins, phase);
    }
  });

  it('says what keeps values from being read', () => {
    const error = new SlipwayError('coap.timeout', { peer: 'x', method: 'GET', path: '/5/0' });
    const objects = { 5: [0] };
    const source = boardsSource({ boards: [shownBoard({ objects })], error });
    assert.match(text(source).at(-1) ?? '', /^ {6}Could not be read \| .*GET \/5\/0/);
    assert.match(
      text(boardsSource({ boards: [shownBoard({ objects, online: false })] })).at(-1) ?? '',
      /No values known/,
    );
  });

  it('has no rows for what is gone', () => {
    const source = boardsSource();
    const nodes: TreeNode[] = [
      { kind: 'board', board: 'gone' },
      { kind: 'link', link: 'gone' },
      { kind: 'object', board: 'gone', objectId: 5 },
      { kind: 'resource', board: 'gone', path: '/5/0/3' },
    ];
    for (const node of nodes) {
      assert.equal(rowOf(source, node), undefined);
      assert.deepEqual(childrenOf(source, node), []);
    }
  });

  it('shows ports that have no board, but neither UDP that works nor wires of virtual boards', () => {
    const links = [
      link('serial:/dev/ttyUSB0'),
      link('serial:/dev/ttyUSB1'),
      link('memory:virtual-board', { kind: 'memory' }),
      link('udp://127.0.0.1:5683', { kind: 'udp' }),
    ];
    const source = boardsSource({ boards: [shownBoard()], links });
    assert.deepEqual(
      childrenOf(source).map((node) => nodeId(node)),
      ['board:desk-1', 'link:serial:/dev/ttyUSB1'],
    );
  });

  it('leaves the view to its welcome where all ports are busy, or only UDP has trouble', () => {
    const error = new SlipwayError('link.busy', { link: 'serial:/dev/ttyUSB0' });
    const busy = link('serial:/dev/ttyUSB0', { state: 'waiting', error });
    assert.equal(onlyBusyPorts(boardsSource({ links: [busy] })), true);
    assert.deepEqual(childrenOf(boardsSource({ links: [busy] })), []);
    assert.equal(onlyBusyPorts(boardsSource({ links: [busy, link('serial:/dev/ttyUSB1')] })), false);
    assert.equal(onlyBusyPorts(boardsSource({ links: [busy], boards: [shownBoard({ link: 'x' })] })), false);
    const udp = link('udp://127.0.0.1:5683', { kind: 'udp', state: 'waiting', error });
    assert.deepEqual(childrenOf(boardsSource({ links: [udp] })), []);
    assert.equal(childrenOf(boardsSource({ links: [udp], boards: [shownBoard()] })).length, 2);
  });

  it('shows an update where the state was', () => {
    const progress = { 'desk-1': updateProgress() };
    const source = boardsSource({ boards: [shownBoard({ values: { '/3/0/3': '1.0.0' } })], progress });
    assert.equal(text(source)[0], 'desk-1 | 43 % · 11.2 kB/s · 1.0.0 · /dev/ttyUSB0');
  });
});

describe('the row of a board', () => {
  const words = (wish: Parameters<typeof shownBoard>[0], updating = false): string => {
    const board = shownBoard(wish);
    const progress = updating ? { [board.endpoint]: updateProgress() } : {};
    const row = rowOf(boardsSource({ boards: [board], progress }), { kind: 'board', board: board.endpoint });
    return row?.contextValue ?? '';
  };

  it('has the words that menus look for', () => {
    assert.equal(words({}), 'board online updatable idle console port held');
    assert.equal(words({}, true), 'board online updatable updating console port held');
    assert.equal(
      words({ state: 'released', online: false }),
      'board offline updatable idle console port released',
    );
    assert.equal(words({ kind: 'udp', objects: { 3: [0] } }), 'board online idle');
    assert.equal(words({ kind: 'memory', link: 'memory:v' }), 'board online updatable idle virtual console');
  });

  it('does not let a board write Markdown', () => {
    const board = shownBoard({ name: '[click](command:evil)', values: { '/3/0/0': '<img src=x> | a' } });
    const row = rowOf(boardsSource({ boards: [board] }), { kind: 'board', board: board.endpoint });
    assert.ok(row);
    assert.ok(row.tooltip.includes('\\[click\\]\\(command:evil\\)'), row.tooltip);
    assert.ok(row.tooltip.includes('\\<img src=x\\> \\| a'), row.tooltip);
  });
});
