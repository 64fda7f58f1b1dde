import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nullLog } from '../../../src/base/log';
import type { VirtualBoardOptions } from '../../../src/board/board-options';
import { VirtualBoard } from '../../../src/board/virtual-board';
import { type MemoryLink, createMemoryLinkPair } from '../../../src/link/memory-link';
import { FakeClock, settle } from '../support/fake-clock';
import { type FakeAnswer, FakeEndpoint } from '../support/fake-endpoint';
import { until } from '../support/until';
import { block, bytes } from './blocks';
import { packageOf, policy } from './packages';

describe('The power of the virtual board', () => {
  let clock: FakeClock;
  let host: MemoryLink;
  let endpoints: FakeEndpoint[];
  let boots: string[];
  let console_: string;
  let board: VirtualBoard;
  let goodbye: () => FakeAnswer | Promise<FakeAnswer>;

  /** Powers a board on; the test plays its server. */
  async function start(more: Partial<VirtualBoardOptions> = {}): Promise<void> {
    clock = new FakeClock();
    endpoints = [];
    boots = [];
    console_ = '';
    goodbye = () => ({ code: '2.02' });
    const [near, far] = createMemoryLinkPair('board', { clock });
    host = near;
    host.onConsole((data) => (console_ += Buffer.from(data).toString()));
    board = new VirtualBoard({
      link: far,
      createEndpoint: (link) => {
        const endpoint = new FakeEndpoint(link);
        endpoint.answer = ({ method }) =>
          method === 'DELETE' ? goodbye() : { code: '2.01', locationPath: '/rd/1' };
        endpoints.push(endpoint);
        return endpoint;
      },
      clock,
      log: nullLog,
      endpoint: 'board',
      policy,
      ...more,
    });
    board.onDidBoot(({ image, outcome }) => boots.push(`${image.version} ${outcome}`));
    await board.start();
    await settle();
  }
  afterEach(() => board.dispose());

  const now = (): FakeEndpoint => endpoints.at(-1)!;
  async function code(
    method: 'PUT' | 'POST',
    path: string,
    payload: Uint8Array | string = '',
  ): Promise<string> {
    return (await now().receive({ method, path, payload: Buffer.from(payload), contentFormat: 42 })).code;
  }
  async function read(path: string): Promise<string> {
    const { code: answer, payload = '' } = await now().receive({ method: 'GET', path });
    return answer === '2.05' ? Buffer.from(payload).toString() : answer;
  }
  const shown = async (): Promise<string> =>
    (await Promise.all(['/5/0/3', '/5/0/5', '/3/0/3'].map(read))).join(' ');

  it('goes with a reboot, after the answer, and comes back', async () => {
    await start();
    assert.deepEqual([board.version, now().traffic], ['1.0.0', ['POST /rd']]);
    assert.equal(await code('POST', '/3/0/4'), '2.04');
    await clock.advance(99);
    assert.equal(now().disposed, false);
    await clock.advance(1);
    assert.deepEqual([now().disposed, board.version], [true, undefined]);
    await clock.advance(499);
    assert.equal(endpoints.length, 1);
    await clock.advance(1);
    await until(() => boots.length === 2, 'the second boot');
    assert.deepEqual([board.version, now().traffic], ['1.0.0', ['POST /rd']]);
    assert.deepEqual(boots, ['1.0.0 unchanged', '1.0.0 unchanged']);
  });

  it('says on its console what boots, and answers there', async () => {
    await start();
    assert.match(console_, /boot: slot A, version 1\.0\.0\r\n.*factory firmware\r\n/);
    console_ = '';
    await host.writeConsole(Buffer.from('slots\r'));
    await settle();
    assert.equal(console_, 'slots\r\nA: 144 bytes, runs\r\nB: empty, spare\r\n> ');
  });

  it('comes back once, however often it was told to reboot', async () => {
    await start({ deregistersOnReboot: true });
    goodbye = () => new Promise(() => undefined);
    for (let time = 0; time < 3; time++) {
      await code('POST', '/3/0/4');
      await clock.advance(150);
    }
    await clock.advance(10_000);
    await settle();
    assert.deepEqual(boots, ['1.0.0 unchanged', '1.0.0 unchanged']);
    assert.deepEqual(
      endpoints.map(({ disposed }) => disposed),
      [true, false],
    );
  });

  for (const [faults, count] of [
    [{ resetAtBlock: 0 }, 2],
    [{ vanishAtBlock: 0 }, 1],
  ] as const) {
    const [fault] = Object.keys(faults);
    it(`boots no more often than it should when power goes while a reboot is due: ${fault}`, async () => {
      for (const dueFor of [0, 100]) {
        await start({ faults, deregistersOnReboot: true });
        let answer: (answer: FakeAnswer) => void = () => undefined;
        goodbye = () => new Promise((resolve) => (answer = resolve));
        await code('POST', '/3/0/4');
        await clock.advance(dueFor);
        const endpoint = now();
        await endpoint.receiveBlock(block({ num: 0, payload: bytes(4), more: false }));
        assert.equal(endpoint.disposed, true);
        answer({ code: '2.02' });
        await clock.advance(10_000);
        await settle();
        assert.equal(boots.length, count);
      }
    });
  }

  it('gives an update its result though a reboot was asked for besides', async () => {
    await start();
    assert.equal(await code('PUT', '/5/0/0', await packageOf()), '2.04');
    assert.equal(await shown(), '2 0 1.0.0');
    assert.equal(await code('POST', '/5/0/2'), '2.04');
    assert.equal(await code('POST', '/3/0/4'), '2.04');
    await clock.advance(600);
    await until(() => boots.length === 2, 'the boot');
    assert.equal(boots[1], '2.0.0 updated');
    assert.equal(await shown(), '0 1 2.0.0');
  });

  it('tells what the bootloader refused', async () => {
    await start({ faults: { rollsBack: true } });
    await code('PUT', '/5/0/0', await packageOf());
    await code('POST', '/5/0/2');
    await clock.advance(600);
    await until(() => boots.length === 2, 'the boot');
    assert.equal(boots[1], '1.0.0 rolled-back');
    assert.equal(await shown(), '0 8 1.0.0');
    assert.match(console_, /did not confirm itself, rolled back/);
  });

  it('stays away by a fault', async () => {
    await start({ faults: { neverReturns: true } });
    await code('PUT', '/5/0/0', await packageOf());
    await code('POST', '/5/0/2');
    await clock.advance(100_000);
    assert.deepEqual([boots.length, board.version, clock.pending], [1, undefined, 0]);
  });

  it('gives an update its result though the whole board was taken away before the boot', async () => {
    const flashFolder = await mkdtemp(join(tmpdir(), 'flash-'));
    try {
      await start({ flashFolder });
      await code('PUT', '/5/0/0', await packageOf());
      await code('POST', '/5/0/2');
      board.dispose();
      await start({ flashFolder });
      assert.deepEqual(boots, ['2.0.0 updated']);
      assert.equal(await shown(), '0 1 2.0.0');
      board.dispose();
      await start({ flashFolder });
      assert.equal(await shown(), '0 0 2.0.0', 'a result of this boot only');
    } finally {
      await rm(flashFolder, { recursive: true, force: true });
    }
  });

  it('leaves nothing running when it is taken away, and says goodbye when stopped', async () => {
    await start();
    await code('POST', '/3/0/4');
    board.dispose();
    await clock.advance(10_000);
    assert.deepEqual([clock.pending, endpoints.length, host.far?.state], [0, 1, 'closed']);
    await start();
    await board.stop();
    assert.deepEqual(now().traffic, ['POST /rd', 'DELETE /rd/1']);
    assert.deepEqual([clock.pending, now().disposed], [0, true]);
  });
});
