import assert from 'node:assert/strict';
import { FetchError } from '../../../src/board/package-fetcher';
import { SoftwareObject } from '../../../src/board/software-object';
import type { BlockReply, IncomingBlock } from '../../../src/coap/endpoint';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { block, push } from './blocks';

const capacity = 500;
const script = Buffer.from('blink 1.2.0\nlights on\nlights off\n');
const [initial, started, delivered, installed] = [0, 1, 3, 4];
const states = [initial, started, delivered, installed];

class Software {
  /** What object 14 was told. */
  readonly shownComponents: unknown[] = [];
  readonly printed: string[] = [];
  readonly object = new SoftwareObject(capacity, {
    show: (component) => this.shownComponents.push(component),
    fetch: () => Promise.reject(new FetchError('not-found')),
    fetches: (uri) => uri.startsWith('coap:'),
    powerLost: () => undefined,
    print: (line) => this.printed.push(line),
  });

  get(key: string | number): ResourceValue | undefined {
    return this.object.read(0).get(String(key));
  }

  /** Update State, Update Result and Activation State. */
  get shown(): readonly unknown[] {
    return [this.get(7), this.get(9), this.get(12)];
  }

  get package(): readonly unknown[] {
    return [this.get(0), this.get(1)];
  }

  readonly receive = (part: IncomingBlock): BlockReply | undefined => this.object.receiveBlock(part);

  write(content: Uint8Array): string {
    return this.object.write(0, 2, content).code;
  }

  execute(resource: number, args = ''): string {
    return this.object.execute(0, resource, args).code;
  }

  into(state: number): this {
    if (state === started) this.receive(block({ num: 0, payload: script.subarray(0, 16), more: true }));
    if (state >= delivered) push(this.receive, script);
    if (state === installed) this.execute(4);
    assert.equal(this.get(7), state);
    this.shownComponents.length = 0;
    return this;
  }
}

describe('Object 9 of the virtual board', () => {
  it('begins with nothing, and points to object 14', () => {
    const { object } = new Software();
    assert.deepEqual(Object.fromEntries(object.read(0)), {
      0: '',
      1: '',
      7: initial,
      9: 0,
      12: false,
      '17/0': { objectId: 14, instanceId: 0 },
    });
  });

  it('takes a package by blocks, installs it, activates and deactivates it, and removes it', () => {
    const board = new Software();
    const steps: [() => unknown, unknown, readonly unknown[]][] = [
      [() => push(board.receive, script), ['2.31', '2.31', '2.04'], [delivered, 3, false]],
      [() => board.execute(4), '2.04', [installed, 2, false]],
      [() => board.execute(10), '2.04', [installed, 2, true]],
      [() => board.execute(11), '2.04', [installed, 2, false]],
      [() => board.execute(6), '2.04', [initial, 0, false]],
    ];
    for (const [step, answer, shown] of steps) {
      assert.deepEqual(step(), answer);
      assert.deepEqual(board.shown, shown);
    }
    const blink = { identity: 'blink', version: '1.2.0' };
    assert.deepEqual(board.shownComponents, [
      { ...blink, active: false },
      { ...blink, active: true },
      { ...blink, active: false },
      undefined,
    ]);
    assert.deepEqual(board.printed, ['software: lights on\nlights off']);
  });

  describe('answers in each state', () => {
    interface Case {
      readonly what: string;
      readonly act: (board: Software) => string | undefined;
      /** Code, Update State and Update Result after it, for each of `states`. */
      readonly outcomes: readonly (readonly [string, number, number])[];
    }
    const untouched: Case['outcomes'] = [
      ['4.05', initial, 0],
      ['4.05', started, 1],
      ['4.05', delivered, 3],
      ['4.05', installed, 2],
    ];
    const but = (index: number, outcome: readonly [string, number, number]): Case['outcomes'] =>
      untouched.with(index, outcome);
    const part = (num: number, more: boolean) => (board: Software) => {
      const payload = script.subarray(num * 16, more ? (num + 1) * 16 : undefined);
      return board.receive(block({ num, payload: payload.subarray(0, 16), more }))?.code;
    };
    const cases: readonly Case[] = [
      {
        what: 'a first block',
        act: part(0, true),
        outcomes: [0, 1, 2]
          .map((): readonly [string, number, number] => ['2.31', started, 1])
          .concat([['4.05', installed, 2]]),
      },
      {
        what: 'a last block',
        act: part(1, false),
        outcomes: [
          ['4.08', initial, 0],
          ['2.04', delivered, 3],
          ['4.08', delivered, 3],
          ['4.08', installed, 2],
        ],
      },
      {
        what: 'a package in one message',
        act: (board) => board.write(script),
        outcomes: [0, 1, 2]
          .map((): readonly [string, number, number] => ['2.04', delivered, 3])
          .concat([['4.05', installed, 2]]),
      },
      { what: 'Install', act: (board) => board.execute(4), outcomes: but(2, ['2.04', installed, 2]) },
      {
        what: 'Uninstall',
        act: (board) => board.execute(6),
        outcomes: but(2, ['2.04', initial, 0]).with(3, ['2.04', initial, 0]),
      },
      {
        what: 'Uninstall for an update',
        act: (board) => board.execute(6, '1'),
        outcomes: but(2, ['2.04', initial, 0]).with(3, ['2.04', initial, 0]),
      },
      {
        what: 'Uninstall with another argument',
        act: (board) => board.execute(6, '2'),
        outcomes: but(2, ['4.00', delivered, 3]).with(3, ['4.00', installed, 2]),
      },
      { what: 'Activate', act: (board) => board.execute(10), outcomes: but(3, ['2.04', installed, 2]) },
      { what: 'Deactivate', act: (board) => board.execute(11), outcomes: but(3, ['2.04', installed, 2]) },
      { what: 'any other execute', act: (board) => board.execute(12), outcomes: untouched },
      {
        what: 'a write to anything but Package',
        act: (board) => board.object.write(0, 0, 'name').code,
        outcomes: untouched,
      },
    ];
    for (const { what, act, outcomes } of cases) {
      it(what, () => {
        for (const [index, expected] of outcomes.entries()) {
          const board = new Software().into(states[index]!);
          const code = act(board);
          assert.deepEqual([code, board.get(7), board.get(9)], expected, `in state ${states[index]}`);
          if (code !== '2.04') assert.deepEqual(board.shownComponents, [], `in state ${states[index]}`);
        }
      });
    }
  });

  it('tells name and version from DELIVERED on', () => {
    for (const state of states) {
      const expected = state >= delivered ? ['blink', '1.2.0'] : ['', ''];
      assert.deepEqual(new Software().into(state).package, expected);
    }
  });

  it('forgets name and version when it is removed, and keeps them for an update', () => {
    for (const [args, expected] of [
      ['', ['', '']],
      ['0', ['', '']],
      ['1', ['blink', '1.2.0']],
    ] as const) {
      const board = new Software().into(installed);
      board.execute(10);
      assert.equal(board.execute(6, args), '2.04');
      assert.deepEqual(board.package, expected);
      assert.equal(board.get(12), false);
      assert.equal(board.execute(4), '4.05');
    }
  });

  it('takes the next package after an uninstall', () => {
    const board = new Software().into(installed);
    board.execute(6, '1');
    push(board.receive, Buffer.from('blink 2.0.0\nfaster'));
    assert.equal(board.execute(4), '2.04');
    board.execute(10);
    assert.deepEqual([...board.package, ...board.printed], ['blink', '2.0.0', 'software: faster']);
  });

  it('replaces a package that is not installed yet', () => {
    const board = new Software().into(delivered);
    push(board.receive, Buffer.from('glow 3\n'));
    assert.deepEqual(board.package, ['glow', '3']);
  });

  it('ends with result 54 for what is no script, and shows nothing of one before', () => {
    for (const content of [
      '',
      'blink',
      'blink 1.0 beta\nx',
      'a/b 1.0\n',
      '\x7fELF',
      `${'n'.repeat(65)} 1\n`,
    ]) {
      for (const send of [
        (board: Software) => board.write(Buffer.from(content)),
        (board: Software) => push(board.receive, Buffer.from(content), 3).at(-1),
      ]) {
        const board = new Software().into(delivered);
        assert.equal(send(board), '2.04');
        assert.deepEqual([...board.shown, ...board.package], [initial, 54, false, '', '']);
        assert.equal(board.execute(4), '4.05');
      }
    }
  });

  it('ends with result 50 when there is no room, however the package comes', () => {
    const large = Buffer.from(`blink 1.0\n${'x'.repeat(capacity)}`);
    const board = new Software();
    assert.equal(push(board.receive, large, 2).at(-1), '4.13');
    assert.deepEqual(board.shown, [initial, 50, false]);
    const other = new Software();
    assert.equal(other.write(large), '4.13');
    assert.deepEqual(other.shown, [initial, 50, false]);
    assert.equal(other.write(large.subarray(0, capacity)), '2.04');
  });

  it('does not mix a package in one message with one that came in blocks before', () => {
    const board = new Software().into(started);
    assert.equal(board.write(script), '2.04');
    board.execute(4);
    const rest = block({ num: 1, payload: Buffer.from('late'), more: false });
    assert.equal(board.receive(rest)?.code, '4.08');
    assert.deepEqual(board.shown, [installed, 2, false]);
  });
});
