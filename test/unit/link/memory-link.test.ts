import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { toHex } from '../../../src/base/hex';
import { type MemoryLink, type MemoryLinkOptions, createMemoryLinkPair } from '../../../src/link/memory-link';
import { FakeClock, settle } from '../support/fake-clock';

/** What arrives when 200 numbered datagrams go out: `number@time`, changed ones as hex. */
async function run(options: Omit<MemoryLinkOptions, 'clock'>): Promise<string[]> {
  const clock = new FakeClock();
  const [host, board] = createMemoryLinkPair('test', { clock, ...options });
  const arrived: string[] = [];
  board.onDatagram(({ data }) => arrived.push(`${toHex(data)}@${clock.now()}`));
  for (let value = 0; value < 200; value++) await host.send(Uint8Array.of(value, 0), host.peer);
  await clock.advance(10_000);
  return arrived;
}

function pair(): [MemoryLink, MemoryLink] {
  return createMemoryLinkPair('desk', { clock: new FakeClock() });
}

describe('memory link', () => {
  it('carries datagrams and console text both ways', async () => {
    const [host, board] = pair();
    const seen: string[] = [];
    board.onDatagram(({ data, peer }) => seen.push(`board ${toHex(data)} ${peer.address}`));
    host.onDatagram(({ data, peer }) => seen.push(`host ${toHex(data)} ${peer.address}`));
    host.onConsole((data) => seen.push(`console ${Buffer.from(data).toString()}`));
    board.onConsole((data) => seen.push(`input ${Buffer.from(data).toString()}`));
    const data = Uint8Array.of(1, 2);
    const sent = host.send(data, host.peer);
    data[0] = 9; // the sender may reuse its buffer
    assert.deepEqual(seen, [], 'not within the call');
    await sent;
    await board.send(Uint8Array.of(3), board.peer);
    await board.writeConsole(Buffer.from('hi'));
    await host.writeConsole(Buffer.from('ls'));
    await settle();
    assert.deepEqual(seen, ['board 0102 memory:desk', 'host 03 memory:desk', 'console hi', 'input ls']);
    assert.equal(host.id, 'memory:desk');
  });

  it('loses what is sent to an end that is released, refuses what a released end sends', async () => {
    const [host, board] = pair();
    let arrived = 0;
    board.onDatagram(() => arrived++);
    const states: string[] = [];
    board.onDidChangeState((state) => states.push(state));
    await board.release();
    await host.send(Uint8Array.of(1), host.peer);
    await settle();
    assert.equal(arrived, 0);
    for (const refused of [board.send(Uint8Array.of(1), board.peer), board.writeConsole(Uint8Array.of(1))]) {
      await assert.rejects(refused, (error) => SlipwayError.is(error, 'link.closed'));
    }
    board.retake();
    await host.send(Uint8Array.of(1), host.peer);
    await settle();
    assert.equal(arrived, 1);
    board.dispose();
    board.retake();
    assert.deepEqual(states, ['released', 'opening', 'open', 'closed']);
  });

  it('impairs by the seed', async () => {
    const impairments = { loss: 0.3, corruption: 0.3, delayMs: { min: 1, max: 50 } };
    const first = await run({ impairments, seed: 7 });
    assert.deepEqual(await run({ impairments, seed: 7 }), first);
    assert.notDeepEqual(await run({ impairments, seed: 8 }), first);
  });

  it('loses, corrupts and delays about as often as told', async () => {
    assert.deepEqual(await run({ impairments: { loss: 1 } }), []);
    const lossy = await run({ impairments: { loss: 0.25 } });
    assert.ok(lossy.length > 130 && lossy.length < 170, `${lossy.length}`);
    const clean = await run({});
    assert.equal(clean.length, 200);
    const corrupt = await run({ impairments: { corruption: 1 } });
    assert.ok(corrupt.every((text, index) => text !== clean[index]));
    assert.deepEqual(
      new Set((await run({ impairments: { delayMs: 20 } })).map((text) => text.slice(5))),
      new Set(['20']),
    );
    const shuffled = await run({ impairments: { delayMs: { min: 0, max: 100 } } });
    assert.notDeepEqual(shuffled, [...shuffled].sort());
    assert.equal(shuffled.length, 200);
  });
});

describe('A memory link with a line rate', () => {
  it('passes one datagram after the other, each as long as its bits take', async () => {
    const clock = new FakeClock();
    const [host, board] = createMemoryLinkPair('slow', { clock, lineRate: 9600 });
    const arrived: [number, number][] = [];
    board.onDatagram(({ data }) => arrived.push([clock.now(), data.length]));
    let sent = 0;
    for (const length of [96, 48]) void host.send(new Uint8Array(length), host.peer).then(() => sent++);
    await clock.advance(99);
    assert.deepEqual([arrived, sent], [[], 0]);
    await clock.advance(1);
    assert.deepEqual([arrived, sent], [[[100, 96]], 1]);
    await clock.advance(50);
    assert.deepEqual(
      [arrived, sent],
      [
        [
          [100, 96],
          [150, 48],
        ],
        2,
      ],
    );
    assert.equal(host.lineRate, 9600);
    assert.equal(clock.pending, 0);
  });
});
