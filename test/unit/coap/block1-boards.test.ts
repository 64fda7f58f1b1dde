import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { type Random, seededRandom } from '../../../src/base/random';
import type { CoapMessage } from '../../../src/coap/message';
import type { TransferProfile } from '../../../src/coap/transfer-profile';
import type { FakeClock } from '../support/fake-clock';
import { type Run, type ScriptedExchange, finish, payloadOf, start } from './block1-peer';
import { type BoardTraits, StrictBoard, type Strictness, strictness } from './strict-boards';

/** Line and board of one push; every figure is drawn by the seed. */
interface Bench extends BoardTraits {
  readonly length: number;
  /** Of frames to the board, and of answers: lost, or damaged, which is the same behind a checksum. */
  readonly loss: number;
  readonly byteMs: number;
  readonly latencyMs: number;
  /** Time the board takes for each block, and for every eighth (a sector to erase), ms. */
  readonly writeMs: number;
  readonly eraseMs: number;
  /** Bytes that wait for the board at most; what comes on top is lost. */
  readonly bufferBytes: number;
  readonly profile: TransferProfile | undefined;
}

/** Bytes of a frame around its payload. */
const frameBytes = 34;

function benchOf(random: Random, kind: Strictness): Bench {
  const pick = <T>(...values: T[]): T => values[Math.floor(random() * values.length)]!;
  const writeMs = pick(0, 0, 8, 100);
  return {
    strictness: kind,
    szx: pick(6, 6, 6, 4, 2),
    oversize: pick('negotiate', '4.13', 'hint', 'drop'),
    ...(random() < 0.2 && { reducesAt: Math.floor(random() * 8000) }),
    remembers: pick(1, 4, 64),
    length: Math.floor(random() * pick(300, 4000, 16_000)),
    loss: pick(0, 0, 0.01, 0.05, 0.2),
    byteMs: pick(0.01, 0.087),
    latencyMs: pick(1, 16),
    writeMs,
    eraseMs: pick(0, 0, 0, 700, 2500),
    bufferBytes: pick(1100, 1500, 2300, 5000, 100_000),
    profile: pick(undefined, undefined, { szx: 6, window: 4 }, { szx: 4, window: 4 }, { szx: 6, window: 0 }),
  };
}

/** A bad line to a board that is known to keep pace: what counts is what happens while the window is open. */
function openBenchOf(random: Random, kind: Strictness): Bench {
  return {
    ...benchOf(random, kind),
    szx: 6,
    reducesAt: Infinity,
    length: 600 + Math.floor(random() * 600),
    loss: 0.1 + random() * 0.3,
    bufferBytes: 100_000,
    profile: { szx: 2, window: 2 + Math.floor(random() * 3) },
  };
}

/** A serial line to a board: what is sent arrives in order, or not at all. */
class SerialLine {
  readonly board: StrictBoard;
  private lineFree = 0;
  private boardFree = 0;
  /** Bytes that wait for the board. */
  private waiting = 0;
  private blocks = 0;

  constructor(
    private readonly bench: Bench,
    private readonly random: Random,
    private readonly clock: FakeClock,
    private readonly answer: (reply: CoapMessage) => void,
  ) {
    this.board = new StrictBoard(bench, () => clock.now());
  }

  transmit(message: CoapMessage): Promise<void> {
    const now = this.clock.now();
    this.lineFree = Math.max(this.lineFree, now) + (message.payload.length + frameBytes) * this.bench.byteMs;
    return new Promise((resolve) => {
      this.clock.schedule(this.lineFree - now, () => {
        resolve();
        this.arrive(message);
      });
    });
  }

  private arrive(message: CoapMessage): void {
    const { loss, bufferBytes, writeMs, eraseMs } = this.bench;
    const bytes = message.payload.length + frameBytes;
    if (this.random() < loss || this.waiting + bytes > bufferBytes) return;
    this.waiting += bytes;
    const now = this.clock.now();
    this.boardFree = Math.max(this.boardFree, now) + writeMs + (++this.blocks % 8 === 0 ? eraseMs : 0);
    this.clock.schedule(this.boardFree - now, () => {
      this.waiting -= bytes;
      const reply = this.board.receive(message);
      if (!reply || this.random() < loss) return;
      this.clock.schedule(this.bench.latencyMs, () => this.answer(reply));
    });
  }
}

/** Starts a push over a serial line or datagrams. */
function push(bench: Bench, random: Random, way: 'serial' | 'datagrams'): { run: Run; board: StrictBoard } {
  let board: StrictBoard | undefined;
  const connect = (exchange: ScriptedExchange, clock: FakeClock): void => {
    if (way === 'datagrams') {
      board = overDatagrams(bench, random, exchange, clock);
      return;
    }
    const line = new SerialLine(bench, random, clock, (reply) => exchange.receive(reply));
    board = line.board;
    exchange.transmit = (message) => line.transmit(message);
  };
  const deps = { limits: { isOrdered: way === 'serial' } };
  const more = bench.profile ? { profile: bench.profile } : {};
  const run = start(bench.length, () => undefined, {}, deps, connect, more);
  return { run, board: board! };
}

/** A network in which messages are lost, doubled and overtake each other, both ways. */
function overDatagrams(
  bench: Bench,
  random: Random,
  exchange: ScriptedExchange,
  clock: FakeClock,
): StrictBoard {
  const board = new StrictBoard(bench, () => clock.now());
  const jitterMs = random() < 0.5 ? 5 : 400;
  const deliver = (arrive: () => void): void => {
    const copies = (random() < bench.loss ? 0 : 1) + (random() < bench.loss ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) clock.schedule(random() * jitterMs, arrive);
  };
  exchange.transmit = (message) => {
    deliver(() => {
      const reply = board.receive(message);
      if (reply) deliver(() => exchange.receive(reply));
    });
    return Promise.resolve();
  };
  return board;
}

describe('Block1 sender and boards that are strict in their own ways', function () {
  this.timeout(120_000);
  const SCHEDULES = 1200;

  for (const kind of strictness) {
    it(`on a serial line, a board that ${kind} holds exactly the payload, or an error is reported`, () =>
      pushMany(kind, 'serial'));
  }

  // Of old blocks that come late, these know that they are old.
  for (const kind of ['keeps', 'forgets', 'unavailable', 'drops'] as const) {
    it(`over datagrams, a board that ${kind} holds exactly the payload, or an error is reported`, () =>
      pushMany(kind, 'datagrams'));
  }

  async function pushMany(kind: Strictness, way: 'serial' | 'datagrams'): Promise<void> {
    let [failures, windows] = [0, 0];
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = seededRandom(seed);
      const bench = seed % 2 === 0 ? openBenchOf(random, kind) : benchOf(random, kind);
      const context = `seed ${seed} ${JSON.stringify(bench)}`;
      const { run, board } = push(bench, random, way);
      await finish(run).catch((error: unknown) => assert.fail(`${context}: ${String(error)}`));
      if (run.progress.some(({ window }) => window > 1)) windows++;
      if (run.outcome.result) {
        assert.equal(board.isComplete, true, context);
        assert.deepEqual(Uint8Array.from(board.held), payloadOf(bench.length), context);
      } else {
        failures++;
        const { error } = run.outcome;
        const isReported = SlipwayError.is(error, 'block.refused') || SlipwayError.is(error, 'block.timeout');
        assert.ok(isReported, `${context}: ${String(error)}`);
        if (way === 'serial') assert.ok(bench.loss >= 0.1, `${context}: ${String(error)}`);
      }
      assert.equal(run.exchange.hasListeners, false, context);
    }
    // Neither is rare, or this shows nothing.
    assert.ok(windows > SCHEDULES / 5, `a window was open in ${windows} pushes`);
    assert.ok(failures < SCHEDULES / 3, `${failures} pushes failed`);
  }
});
