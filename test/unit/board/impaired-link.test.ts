import assert from 'node:assert/strict';
import { impairLink } from '../../../src/board/impaired-link';
import type { Link } from '../../../src/link/link';
import { type Impairments, type MemoryLink, createMemoryLinkPair } from '../../../src/link/memory-link';
import { FakeClock, settle } from '../support/fake-clock';

const sent = Array.from({ length: 200 }, (_, index) => Uint8Array.of(index, 0xaa, 0x55, index));

describe('A link that is impaired', () => {
  let clock: FakeClock;
  let host: MemoryLink;
  let board: Link;
  let atHost: Uint8Array[];
  let atBoard: Uint8Array[];

  function impair(impairments: Impairments, seed?: number): void {
    clock = new FakeClock();
    const [near, far] = createMemoryLinkPair('bad', { clock });
    host = near;
    board = impairLink(far, impairments, clock, seed);
    atHost = [];
    atBoard = [];
    host.onDatagram(({ data }) => atHost.push(data));
    board.onDatagram(({ data }) => atBoard.push(data));
  }

  async function sendAll(from: Link): Promise<void> {
    for (const data of sent) await from.send(data, from.peer!);
    await settle();
  }

  it('passes everything on when nothing is wrong with it', async () => {
    impair({});
    await sendAll(board);
    await sendAll(host);
    assert.deepEqual([atHost, atBoard], [sent, sent]);
    assert.equal(clock.pending, 0);
  });

  it('loses a share, both ways, and leaves the others whole', async () => {
    impair({ loss: 0.3 });
    await sendAll(board);
    await sendAll(host);
    for (const arrived of [atHost, atBoard]) {
      assert.ok(arrived.length > 110 && arrived.length < 170, `${arrived.length} of 200`);
      assert.deepEqual(
        arrived,
        sent.filter(([first]) => arrived.some(([other]) => other === first)),
      );
    }
    assert.notDeepEqual(atHost, atBoard);
  });

  it('loses everything, or nothing', async () => {
    impair({ loss: 1 });
    await sendAll(board);
    await sendAll(host);
    assert.deepEqual([atHost, atBoard], [[], []]);
  });

  it('changes one bit in a share, and never what the sender holds', async () => {
    impair({ corruption: 0.5 });
    const before = sent.map((data) => Uint8Array.from(data));
    await sendAll(board);
    assert.deepEqual(sent, before);
    const changes = atHost.map((data, index) => changedBits(data, sent[index]!));
    assert.equal(changes.length, 200);
    assert.deepEqual([...new Set(changes)].sort(), [0, 1]);
    const changed = changes.filter((bits) => bits === 1).length;
    assert.ok(changed > 70 && changed < 130, `${changed} of 200`);
  });

  it('passes an empty datagram on as it is', async () => {
    impair({ corruption: 1 });
    await board.send(new Uint8Array(0), board.peer!);
    await settle();
    assert.deepEqual(atHost, [new Uint8Array(0)]);
  });

  it('holds datagrams back for as long as it is told', async () => {
    impair({ delayMs: 40 });
    await sendAll(board);
    await clock.advance(39);
    assert.equal(atHost.length, 0);
    await clock.advance(1);
    assert.deepEqual(atHost, sent);
  });

  it('lets datagrams overtake each other when the delay varies', async () => {
    impair({ delayMs: { min: 10, max: 50 } });
    await sendAll(host);
    await clock.advance(9);
    assert.equal(atBoard.length, 0);
    await clock.advance(41);
    assert.equal(atBoard.length, 200);
    assert.notDeepEqual(atBoard, sent);
    assert.deepEqual(
      [...atBoard].sort((a, b) => a[0]! - b[0]!),
      sent,
    );
  });

  it('does the same each time for one seed, and something else for another', async () => {
    const impairments = { loss: 0.2, corruption: 0.2, delayMs: { min: 0, max: 30 } };
    const runs: Uint8Array[][] = [];
    for (const seed of [7, 7, 8, undefined, 1]) {
      impair(impairments, seed);
      await sendAll(board);
      await clock.advance(30);
      runs.push(atHost);
    }
    assert.deepEqual(runs[0], runs[1]);
    assert.notDeepEqual(runs[0], runs[2]);
    assert.deepEqual(runs[3], runs[4]);
  });

  it('spares the console', async () => {
    impair({ loss: 1, corruption: 1, delayMs: 50 });
    const text: string[] = [];
    host.onConsole((data) => text.push(`to host: ${Buffer.from(data).toString()}`));
    board.onConsole((data) => text.push(`to board: ${Buffer.from(data).toString()}`));
    await board.writeConsole(Buffer.from('hello'));
    await host.writeConsole(Buffer.from('help'));
    await settle();
    assert.deepEqual(text, ['to host: hello', 'to board: help']);
  });

  it('shows the state of the link below, and passes on what is asked of it', async () => {
    impair({});
    const states: string[] = [];
    board.onDidChangeState((state) => states.push(state));
    assert.deepEqual([board.id, board.kind, board.peer?.address], ['memory:bad', 'memory', 'memory:bad']);
    assert.equal(board.error, undefined);
    await board.release();
    assert.equal(board.state, 'released');
    board.retake();
    assert.equal(board.state, 'open');
    board.dispose();
    assert.equal(board.state, 'closed');
    assert.deepEqual(states, ['released', 'opening', 'open', 'closed']);
  });

  it('rejects what is sent while it is not open, whatever would become of it', async () => {
    for (const impairments of [{}, { loss: 1 }, { delayMs: 10 }]) {
      impair(impairments);
      await board.release();
      await assert.rejects(board.send(sent[0]!, board.peer!), { code: 'link.closed' });
    }
  });

  it('drops what is still on its way when it closes', async () => {
    impair({ delayMs: 10 });
    await sendAll(board);
    await sendAll(host);
    board.dispose();
    await clock.advance(10);
    assert.deepEqual([atHost, atBoard], [[], []]);
  });
});

function changedBits(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, byte, index) => sum + (byte ^ b[index]!).toString(2).replaceAll('0', '').length, 0);
}
