import assert from 'node:assert/strict';
import { type ErrorCode, type ErrorDetails, SlipwayError } from '../../../src/base/errors';
import { type BootableImage, examine } from '../../../src/board/bootloader';
import type { Faults } from '../../../src/board/faults';
import { FirmwareObject } from '../../../src/board/firmware-object';
import { FetchError } from '../../../src/board/package-fetcher';
import type { BlockReply, IncomingBlock } from '../../../src/coap/endpoint';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { newSigner } from '../manifest/support';
import { FakeClock, settle } from '../support/fake-clock';
import { block, bytes, push } from './blocks';
import { packageOf, policy } from './packages';

const capacity = 1000;
const content = bytes(40);
const [idle, downloading, downloaded, updating] = [0, 1, 2, 3];

/** The object, on a board whose every part is played. */
class Firmware {
  readonly clock = new FakeClock(1_767_225_600_999);
  readonly actions: string[] = [];
  readonly printed: string[] = [];
  /** What the check of a package comes to. */
  verdict: (content: Uint8Array) => BootableImage = () => ({
    version: '2.0.0',
    banner: '',
    sequence: 1,
    payload: new Uint8Array(0),
    patched: false,
  });
  install: () => Promise<void> = () => Promise.resolve();
  fetch: (uri: string, signal: AbortSignal) => Promise<Uint8Array> = () => new Promise(() => undefined);
  readonly object: FirmwareObject;

  constructor(faults: Faults = {}) {
    this.object = new FirmwareObject(
      capacity,
      this.clock,
      {
        examine: (package_) => this.verdict(package_),
        install: (package_) => {
          this.actions.push(`install ${package_.length}`);
          return this.install();
        },
        reboot: () => this.actions.push('reboot'),
        powerLost: (forGood) => this.actions.push(forGood ? 'gone' : 'power lost'),
        fetch: (uri, signal) => this.fetch(uri, signal),
        fetches: (uri) => uri.startsWith('coap:'),
        print: (line) => this.printed.push(line),
      },
      faults,
      [0, 2],
    );
  }

  get(key: string | number): ResourceValue | undefined {
    return this.object.read(0).get(String(key));
  }

  /** State and Update Result. */
  get shown(): readonly unknown[] {
    return [this.get(3), this.get(5)];
  }

  readonly receive = (part: IncomingBlock): BlockReply | undefined => this.object.receiveBlock(part);

  write(resource: number, value: ResourceValue): string {
    return this.object.write(0, resource, value).code;
  }

  async execute(resource: number): Promise<string> {
    return (await this.object.execute(0, resource, '')).code;
  }

  /** Brings it into that state. */
  async into(state: number): Promise<this> {
    if (state === downloading) this.receive(block({ num: 0, payload: bytes(16), more: true }));
    if (state >= downloaded) push(this.receive, content);
    if (state === updating) await this.execute(2);
    assert.equal(this.get(3), state);
    this.actions.length = 0;
    return this;
  }
}

describe('Object 5 of the virtual board', () => {
  it('begins idle, by push and pull, with no package', () => {
    const { object } = new Firmware();
    assert.deepEqual(Object.fromEntries(object.read(0)), {
      1: '',
      3: idle,
      5: 0,
      '8/0': 0,
      '8/1': 2,
      9: 2,
      11: 1,
      12: new Date(1_767_225_600_000),
      13: 0,
    });
    assert.deepEqual([object.id, object.version, object.instances], [5, '1.1', [0]]);
  });

  it('goes through its states by blocks and Update', async () => {
    const board = new Firmware();
    const shown: unknown[] = [];
    board.object.onDidChange((paths) => {
      if (paths.includes('/0/3')) shown.push(board.get(3));
    });
    assert.deepEqual(push(board.receive, content), ['2.31', '2.31', '2.04']);
    assert.deepEqual([board.get(6), board.get(7)], ['app', '2.0.0']);
    assert.equal(await board.execute(2), '2.04');
    assert.deepEqual(shown, [downloading, downloaded, updating]);
    assert.deepEqual(board.actions, ['install 40', 'reboot']);
    assert.deepEqual(board.printed, [
      'firmware: download started',
      'firmware: 40 bytes, version 2.0.0, signature good',
      'firmware: update, rebooting',
    ]);
  });

  it('tells after the boot what became of the update', () => {
    for (const [updated, expected] of [
      [true, 1],
      [false, 8],
    ] as const) {
      const board = new Firmware();
      board.object.booted(updated);
      assert.deepEqual(board.shown, [idle, expected]);
    }
  });

  it('notes when the state changed last, in whole seconds', async () => {
    const board = new Firmware();
    await board.clock.advance(5000);
    await board.into(downloading);
    assert.deepEqual(board.get(12), new Date(1_767_225_605_000));
    await board.clock.advance(2000);
    board.receive(block({ num: 1, payload: bytes(16), more: true }));
    assert.deepEqual(board.get(12), new Date(1_767_225_605_000));
  });

  describe('answers in each state', () => {
    interface Case {
      readonly what: string;
      readonly act: (board: Firmware) => string | undefined | Promise<string | undefined>;
      /** Code, State and Update Result for each state it is done in. */
      readonly outcomes: readonly (readonly [string, number, number])[];
    }
    const part = (num: number, more: boolean) => (board: Firmware) =>
      board.receive(block({ num, payload: bytes(16), more }))?.code;
    const cases: readonly Case[] = [
      {
        what: 'a first block',
        act: part(0, true),
        outcomes: [
          ['2.31', downloading, 0],
          ['2.31', downloading, 0],
          ['4.05', downloaded, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'a second block',
        act: part(1, true),
        outcomes: [
          ['4.08', idle, 0],
          ['2.31', downloading, 0],
          ['4.08', downloaded, 0],
          ['4.08', updating, 0],
        ],
      },
      {
        what: 'a last block',
        act: part(1, false),
        outcomes: [
          ['4.08', idle, 0],
          ['2.04', downloaded, 0],
          ['4.08', downloaded, 0],
          ['4.08', updating, 0],
        ],
      },
      {
        what: 'a package in one message',
        act: (board) => board.write(0, content),
        outcomes: [
          ['2.04', downloaded, 0],
          ['2.04', downloaded, 0],
          ['4.05', downloaded, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'one zero byte for a package',
        act: (board) => board.write(0, Uint8Array.of(0)),
        outcomes: [
          ['2.04', idle, 0],
          ['2.04', idle, 0],
          ['2.04', idle, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'one zero byte for a package, in a block',
        act: (board) => board.receive(block({ num: 0, payload: Uint8Array.of(0), more: false }))?.code,
        outcomes: [
          ['2.04', idle, 0],
          ['2.04', idle, 0],
          ['2.04', idle, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'an empty URI',
        act: (board) => board.write(1, ''),
        outcomes: [
          ['2.04', idle, 0],
          ['2.04', idle, 0],
          ['2.04', idle, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'a URI to pull from',
        act: (board) => board.write(1, 'coap://192.0.2.1/package'),
        outcomes: [
          ['2.04', downloading, 0],
          ['4.05', downloading, 0],
          ['4.05', downloaded, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'Update',
        act: (board) => board.execute(2),
        outcomes: [
          ['4.05', idle, 0],
          ['4.05', downloading, 0],
          ['2.04', updating, 0],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'Cancel',
        act: (board) => board.execute(10),
        outcomes: [
          ['4.05', idle, 0],
          ['2.04', idle, 10],
          ['2.04', idle, 10],
          ['4.05', updating, 0],
        ],
      },
      {
        what: 'Severity and Maximum Defer Period',
        act: (board) => (board.write(11, 2) === '2.04' ? board.write(13, 60) : 'no'),
        outcomes: [
          ['2.04', idle, 0],
          ['2.04', downloading, 0],
          ['2.04', downloaded, 0],
          ['2.04', updating, 0],
        ],
      },
    ];
    for (const { what, act, outcomes } of cases) {
      it(what, async () => {
        for (const [state, expected] of outcomes.entries()) {
          const board = await new Firmware().into(state);
          const code = await act(board);
          assert.deepEqual([code, ...board.shown], expected, `in state ${state}`);
          const isUpdate = what === 'Update' && state === downloaded;
          assert.deepEqual(board.actions, isUpdate ? ['install 40', 'reboot'] : [], `in state ${state}`);
        }
      });
    }

    it('a write to anything else, and any other execute', async () => {
      for (const state of [idle, downloading, downloaded, updating]) {
        const board = await new Firmware().into(state);
        for (const resource of [2, 3, 5, 6, 7, 8, 9, 10, 12]) assert.equal(board.write(resource, 1), '4.05');
        for (const resource of [0, 1, 3, 5, 11]) assert.equal(await board.execute(resource), '4.05');
        assert.deepEqual([...board.shown, ...board.actions], [state, 0]);
      }
    });
  });

  describe('pulls', () => {
    const uri = 'coap://192.0.2.1/package';

    it('what it is told to, and checks it', async () => {
      const board = new Firmware();
      board.fetch = (asked) => Promise.resolve(Buffer.from(asked));
      assert.equal(board.write(1, uri), '2.04');
      assert.deepEqual([board.get(1), ...board.shown], [uri, downloading, 0]);
      await settle();
      assert.deepEqual(board.shown, [downloaded, 0]);
      assert.equal(await board.execute(2), '2.04');
      assert.deepEqual(board.actions, [`install ${uri.length}`, 'reboot']);
    });

    for (const [what, fetch, result] of [
      ['there is none', () => Promise.reject(new FetchError('not-found')), 7],
      ['the connection breaks', () => Promise.reject(new FetchError('connection-lost')), 4],
      ['it is too large', () => Promise.resolve(bytes(capacity + 1)), 2],
    ] as const) {
      it(`with result ${result} when ${what}`, async () => {
        const board = new Firmware();
        board.fetch = fetch;
        board.write(1, uri);
        await settle();
        assert.deepEqual(board.shown, [idle, result]);
      });
    }

    it('no more once it is cancelled', async () => {
      const board = new Firmware();
      let signal: AbortSignal | undefined;
      board.fetch = (_uri, given) => {
        signal = given;
        return new Promise(() => undefined);
      };
      board.write(1, uri);
      assert.equal(await board.execute(10), '2.04');
      assert.deepEqual([signal?.aborted, board.get(1), ...board.shown], [true, '', idle, 10]);
    });

    it('only what it has a protocol for, and says why', () => {
      const { code, diagnostic } = new Firmware().object.write(0, 1, 'ftp://192.0.2.1/package');
      assert.equal(code, '4.00');
      assert.match(diagnostic ?? '', /pulled by this board/);
    });

    it('or takes what is pushed, where it does only one of them', () => {
      const pulling = new Firmware({ delivery: 0 });
      assert.equal(pulling.write(0, bytes(20)), '4.05');
      assert.deepEqual(push(pulling.receive, bytes(32))[0], '4.05');
      const pushed = new Firmware({ delivery: 1 });
      assert.deepEqual([pushed.write(1, uri), pushed.get(5)], ['4.00', 9]);
    });
  });

  it('keeps Severity within its three values, and Maximum Defer Period from being negative', () => {
    const board = new Firmware();
    assert.deepEqual(
      [0, 1, 2, 3, -1].map((value) => board.write(11, value)),
      ['2.04', '2.04', '2.04', '4.00', '4.00'],
    );
    assert.deepEqual([board.write(13, 3600), board.write(13, -1)], ['2.04', '4.00']);
    assert.deepEqual([board.get(11), board.get(13)], [2, 3600]);
    assert.equal(board.write(13, 0), '2.04');
  });

  it('forgets the package, its name and version with a reset or Cancel', async () => {
    for (const act of [
      (board: Firmware) => board.write(1, ''),
      (board: Firmware) => board.write(0, Uint8Array.of(0)),
      (board: Firmware) => board.execute(10),
    ]) {
      const board = await new Firmware().into(downloaded);
      assert.equal(board.get(7), '2.0.0');
      await act(board);
      assert.deepEqual([board.get(6), board.get(7)], [undefined, undefined]);
      assert.equal(await board.execute(2), '4.05');
      await board.into(downloading);
      await act(board);
      assert.equal(board.receive(block({ num: 1, payload: bytes(16), more: false }))?.code, '4.08');
    }
  });

  it('takes the result back with the next download', async () => {
    const board = await new Firmware().into(downloading);
    await board.execute(10);
    assert.deepEqual(board.shown, [idle, 10]);
    await board.into(downloading);
    assert.deepEqual(board.shown, [downloading, 0]);
  });

  it('does not mix a package in one message with one that came in blocks before', async () => {
    const board = await new Firmware().into(downloading);
    assert.equal(board.write(0, content), '2.04');
    assert.equal(board.receive(block({ num: 1, payload: bytes(5), more: false }))?.code, '4.08');
    await board.execute(2);
    assert.deepEqual(board.actions, ['install 40', 'reboot']);
  });

  it('takes a package for Package only', () => {
    assert.equal(new Firmware().write(0, 'text'), '4.00');
  });

  it('ends with result 2 when there is no room, however the package comes', () => {
    const large = bytes(capacity + 1);
    const board = new Firmware();
    assert.equal(push(board.receive, large, 4).at(-1), '4.13');
    assert.deepEqual(board.shown, [idle, 2]);
    const other = new Firmware();
    assert.equal(other.write(0, large), '4.13');
    assert.deepEqual(other.shown, [idle, 2]);
    assert.equal(other.write(0, bytes(capacity)), '2.04');
    assert.deepEqual(other.shown, [downloaded, 0]);
  });

  describe('ends a download with the Update Result', () => {
    const refusals: { readonly [C in ErrorCode]?: readonly [ErrorDetails[C], number] } = {
      'suit.unsigned': [{}, 6],
      'suit.malformed': [{ reason: 'short' }, 6],
      'suit.not-canonical': [{ reason: 'order' }, 6],
      'suit.unsupported': [{ what: 'try-each' }, 6],
      'suit.unknown-algorithm': [{ algorithm: '-99' }, 6],
      'suit.vendor-mismatch': [{ expected: 'a', actual: 'b' }, 6],
      'suit.class-mismatch': [{ expected: 'a', actual: 'b' }, 6],
      'suit.sequence-too-low': [{ sequence: 1, minimum: 2 }, 8],
      'suit.bad-signature': [{}, 5],
      'suit.untrusted-key': [{}, 5],
      'suit.algorithm-mismatch': [{ algorithm: 'a', keyType: 'b' }, 5],
      'suit.digest-mismatch': [{ what: 'payload' }, 5],
      'suit.payload-size': [{ expected: 1, actual: 2 }, 5],
      'suit.payload-missing': [{ uri: '#x' }, 5],
      'suit.missing-condition': [{ condition: 'image-match' }, 5],
      'suit.component-index': [{ index: 1, count: 1 }, 5],
    };
    for (const [code, [details, result]] of Object.entries(refusals)) {
      it(`${result} for ${code}`, async () => {
        const board = new Firmware();
        board.verdict = () => {
          throw new SlipwayError(code as ErrorCode, details);
        };
        assert.equal(push(board.receive, content).at(-1), '2.04', 'what comes of it is told by the result');
        assert.deepEqual([...board.shown, board.get(7)], [idle, result, undefined]);
        assert.equal(await board.execute(2), '4.05');
        assert.ok(board.printed.at(-1)?.includes(code));
        await new Promise(setImmediate);
        assert.deepEqual(board.actions, []);
      });
    }

    it('that a real check comes to', async () => {
      const board = new Firmware();
      board.verdict = (package_) => examine(package_, policy, { minimumSequence: 5, slot: 'A' });
      for (const [package_, expected] of [
        [await packageOf({ sequence: 5 }), [downloaded, 0]],
        [await packageOf({ sequence: 4 }), [idle, 8]],
        [await packageOf({}, newSigner('ESP256')), [idle, 5]],
        [await packageOf({ classId: new Uint8Array(16) }), [idle, 6]],
        [Buffer.from('not a package'), [idle, 6]],
      ] as const) {
        board.write(1, '');
        push(board.receive, package_, 5);
        assert.deepEqual(board.shown, expected);
      }
    });

    it('of a fault, without a check', () => {
      for (const downloadResult of [2, 3, 4, 5, 6, 7, 8, 9]) {
        const board = new Firmware({ downloadResult });
        board.verdict = () => assert.fail('checked');
        assert.equal(push(board.receive, content).at(-1), '2.04');
        assert.deepEqual(board.shown, [idle, downloadResult]);
      }
    });
  });

  it('is at rest again when the flash can’t be written', async () => {
    const board = await new Firmware().into(downloaded);
    board.install = () => Promise.reject(new Error('worn out'));
    assert.equal(await board.execute(2), '5.00');
    assert.deepEqual(board.shown, [idle, 8]);
    assert.deepEqual(board.actions, ['install 40']);
    assert.deepEqual([board.get(6), board.get(7)], [undefined, undefined]);
    assert.match(board.printed.at(-1) ?? '', /worn out/);
    await board.into(downloaded);
  });

  it('defers with result 11, still downloaded, and does not reboot', async () => {
    const board = await new Firmware({ updateResult: 11 }).into(downloaded);
    assert.equal(await board.execute(2), '2.04');
    assert.deepEqual(board.shown, [downloaded, 11]);
    assert.deepEqual(board.actions, []);
    assert.equal(await board.execute(10), '2.04');
    assert.deepEqual(board.shown, [idle, 10]);
  });

  it('defers once for a while, then updates by itself', async () => {
    const board = await new Firmware({ deferMs: 1000 }).into(downloaded);
    assert.equal(await board.execute(2), '2.04');
    assert.deepEqual([...board.shown, ...board.actions], [downloaded, 11]);
    await board.clock.advance(1000);
    assert.deepEqual([board.shown[0], board.actions.at(-1)], [updating, 'reboot']);
  });

  it('fails an update by a fault: reboots with nothing to try', async () => {
    const board = await new Firmware({ updateResult: 8 }).into(downloaded);
    assert.equal(await board.execute(2), '2.04');
    assert.deepEqual([...board.shown, ...board.actions], [updating, 0, 'reboot']);
    board.object.booted(true);
    assert.deepEqual(board.shown, [idle, 8]);
  });

  it('loses power by a fault', () => {
    const board = new Firmware({ resetAtBlock: 1 });
    assert.deepEqual(push(board.receive, bytes(32)), ['2.31', undefined]);
    assert.deepEqual(board.actions, ['power lost']);
  });
});
