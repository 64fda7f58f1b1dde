import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorText } from '../../../src/ui/wording';
import { endError } from '../../../src/ui/firmware-steps';
import type { Board } from '../../../src/lwm2m/board';
import { toSoftwarePackage } from '../../../src/update/software-service';
import type { SoftwareOperation } from '../../../src/update/software-states';
import type { SoftwareSource } from '../../../src/update/software-run';
import type { UpdatePhase, UpdateRecord } from '../../../src/update/types';
import { until } from '../support/until';
import { Desk } from './desk';

const script = (name = 'blink', version = '1.2.0', bytes = 40): SoftwareSource => ({
  package: toSoftwarePackage(`${name}.txt`, Buffer.from(`${name} ${version}\n`.padEnd(bytes, 'x'))),
});

/** Update State, Update Result and Activation State of an instance. */
async function states(board: Board, instance = 0): Promise<readonly unknown[]> {
  const values = await board.read(`/9/${instance}`);
  return [7, 9, 12].map((resource) => values.get(`/9/${instance}/${resource}`));
}

/** A line slow enough to do something in the middle of a transfer. */
const slow = { impairments: { delayMs: 15 } };

describe('Software of a virtual board', function () {
  this.timeout(60_000);
  let desk: Desk;
  afterEach(() => desk.dispose());

  async function run(
    board: Board,
    operation: SoftwareOperation,
    source?: SoftwareSource,
    instance = 0,
  ): Promise<UpdateRecord> {
    return await desk.software.start(board, instance, operation, source).finished;
  }

  async function succeed(...args: Parameters<typeof run>): Promise<UpdateRecord> {
    const record = await run(...args);
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    return record;
  }

  it('is delivered, installed, activated, deactivated and uninstalled, each told in the history', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    const job = desk.software.start(board, 0, 'deliver', script('blink', '1.2.0', 5000));
    const phases: UpdatePhase[] = [];
    job.onDidProgress(({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
    });
    const delivered = await job.finished;
    assert.deepEqual(phases, ['preflight', 'push', 'downloaded', 'confirm', 'done']);
    assert.deepEqual(
      [delivered.kind, delivered.instances, delivered.packageName, delivered.bytes, delivered.toVersion],
      ['deliver', [0], 'blink.txt', 5000, '1.2.0'],
    );
    assert.equal(delivered.sha256.length, 64);
    for (const [operation, expected] of [
      ['install', [4, 2, false]],
      ['activate', [4, 2, true]],
      ['deactivate', [4, 2, false]],
      ['uninstall', [0, 0, false]],
    ] as const) {
      const record = await succeed(board, operation);
      assert.deepEqual([record.kind, record.packageName, record.fromVersion], [operation, 'blink', '1.2.0']);
      assert.deepEqual(await states(board), expected, operation);
    }
    assert.deepEqual(
      desk.history.records.map(({ kind }) => kind),
      ['uninstall', 'deactivate', 'activate', 'install', 'deliver'],
    );
  });

  it('is replaced by an update, from its old version to the new one', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    await succeed(board, 'deliver', script());
    await succeed(board, 'install');
    const over = await run(board, 'deliver', script('blink', '2.0'));
    assert.equal(over.error?.code, 'software.wrong-state');
    assert.match(errorText(endError(over)), /Uninstall it for an update first/);
    await succeed(board, 'uninstall-for-update');
    assert.equal(await board.readResource('/9/0/1'), '1.2.0', 'kept for the update');
    const record = await succeed(board, 'deliver', script('blink', '2.0'));
    assert.deepEqual([record.fromVersion, record.toVersion], ['1.2.0', '2.0']);
  });

  it('takes the place of what was delivered before and not installed', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    await succeed(board, 'deliver', script());
    await succeed(board, 'deliver', script('glow', '3'));
    assert.deepEqual([await board.readResource('/9/0/0'), await board.readResource('/9/0/1')], ['glow', '3']);
  });

  describe('is told before anything is sent that it is in the wrong state:', () => {
    const needs: readonly (readonly [SoftwareOperation, readonly SoftwareOperation[], RegExp])[] = [
      ['install', [], /can’t install software 0 now: it is initial\. Deliver a package first\./],
      ['activate', [], /it is initial\. Deliver a package first/],
      ['activate', ['deliver'], /it is delivered\. Install it first/],
      ['deactivate', ['deliver', 'install'], /installed and inactive\. It does not run/],
      ['activate', ['deliver', 'install', 'activate'], /installed and active\. It runs already/],
      ['install', ['deliver', 'install'], /It is installed already/],
      ['uninstall', [], /it is initial/],
      ['uninstall-for-update', ['deliver'], /Install it first/],
    ];
    for (const [operation, before, words] of needs) {
      it(`${operation} after ${before.join(', ') || 'nothing'}`, async () => {
        desk = await Desk.open();
        const board = await desk.board();
        for (const step of before) await succeed(board, step, step === 'deliver' ? script() : undefined);
        const stood = await states(board);
        const record = await run(board, operation);
        assert.deepEqual([record.outcome, record.phase], ['failed', 'preflight']);
        assert.equal(record.error?.code, 'software.wrong-state');
        assert.match(errorText(endError(record)), words);
        assert.deepEqual(await states(board), stood);
      });
    }
  });

  it('is refused with the board’s result in words, and taken afterwards', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    const garbage = toSoftwarePackage('firmware.elf', Buffer.from('\x7fELF\n'));
    const refused = await run(board, 'deliver', { package: garbage });
    assert.deepEqual([refused.error?.code, refused.updateResult], ['software.rejected', 54]);
    assert.match(errorText(endError(refused)), /does not take this type of package \(Update Result 54\)/);
    const large = await run(board, 'deliver', script('huge', '1', 70_000));
    assert.deepEqual([large.error?.code, large.updateResult], ['software.rejected', 50]);
    assert.match(errorText(endError(large)), /not enough storage for the package/);
    await succeed(board, 'deliver', script());
  });

  for (const [operation, faults, result] of [
    ['install', { installResult: 58 }, 58],
    ['uninstall-for-update', { uninstallResult: 59 }, 59],
  ] as const) {
    it(`says that the board could not ${operation}${operation === 'install' ? ', also the second time' : ''}`, async () => {
      desk = await Desk.open();
      const board = await desk.board(faults);
      await succeed(board, 'deliver', script());
      if (operation !== 'install') await succeed(board, 'install');
      for (const attempt of operation === 'install' ? [1, 2] : [1]) {
        const record = await run(board, operation);
        assert.deepEqual(
          [record.error?.code, record.updateResult],
          ['software.rejected', result],
          `${attempt}`,
        );
      }
      assert.equal((await states(board))[0], operation === 'install' ? 3 : 4, 'as it was');
    });
  }

  describe('of several instances', () => {
    it('lives by itself in each, one after another on the wire', async () => {
      desk = await Desk.open();
      const board = await desk.board({}, 'board', { softwareInstances: 3 });
      assert.deepEqual(
        [board.instancesOf(9), board.instancesOf(14)],
        [
          [0, 1, 2],
          [0, 1, 2],
        ],
      );
      const jobs = [2, 0].map((instance) =>
        desk.software.start(board, instance, 'deliver', script(`part${instance}`, '1', 3000)),
      );
      const transfers: number[] = [];
      for (const job of jobs) {
        job.onDidProgress(({ phase }) => {
          if (phase === 'push' && transfers.at(-1) !== job.instance) transfers.push(job.instance);
        });
      }
      assert.throws(() => desk.software.start(board, 2, 'install'), { code: 'software.busy' });
      const records = await Promise.all(jobs.map(({ finished }) => finished));
      assert.deepEqual(
        records.map(({ outcome, instances }) => [outcome, instances]),
        [
          ['succeeded', [2]],
          ['succeeded', [0]],
        ],
      );
      assert.deepEqual(transfers, [2, 0]);
      await succeed(board, 'install', undefined, 2);
      assert.deepEqual(
        await Promise.all([0, 1, 2].map(async (instance) => (await states(board, instance))[0])),
        [3, 0, 4],
      );
      const links = await board.read('/9/2/17');
      assert.deepEqual([...links.values()], [{ objectId: 14, instanceId: 2 }]);
      assert.equal(await board.readResource('/14/2/0'), 'part2');
    });

    it('says that there is no such instance', async () => {
      desk = await Desk.open();
      const record = await run(await desk.board(), 'install', undefined, 5);
      assert.deepEqual(record.error, {
        code: 'software.no-instance',
        details: { board: 'board', instance: 5 },
      });
    });
  });

  it('and firmware wait for each other', async () => {
    desk = await Desk.open();
    const board = await desk.board();
    const pkg = await desk.package();
    const job = desk.software.start(board, 0, 'deliver', script('blink', '1', 3000));
    assert.throws(() => desk.updates.start(board, pkg), { code: 'update.busy' });
    await job.finished;
    const update = desk.updates.start(board, pkg);
    assert.throws(() => desk.software.start(board, 0, 'install'), { code: 'update.busy' });
    assert.equal((await update.finished).outcome, 'succeeded');
  });

  it('is given up when the board vanishes in the transfer', async () => {
    desk = await Desk.open();
    const board = await desk.board(slow);
    const job = desk.software.start(board, 0, 'deliver', script('blink', '1', 60_000));
    await until(() => job.progress.bytesSent > 5000, 'some of it');
    await desk.virtual.get('board')?.stop();
    const record = await job.finished;
    assert.deepEqual(
      [record.outcome, record.phase, record.error?.code],
      ['failed', 'push', 'update.board-lost'],
    );
  });

  it('is given up when the board restarts in the transfer, and taken afterwards', async () => {
    desk = await Desk.open();
    const board = await desk.board({ resetAtBlock: 5 });
    const before = board.registration.id;
    const record = await run(board, 'deliver', script('blink', '1', 60_000));
    assert.deepEqual([record.phase, record.error?.code], ['push', 'update.board-lost']);
    await until(() => board.online && board.registration.id !== before, 'the board');
    await succeed(board, 'deliver', script());
  });

  it('is cancelled in the transfer, and leaves the board able to take the next', async () => {
    desk = await Desk.open();
    const board = await desk.board(slow);
    const job = desk.software.start(board, 0, 'deliver', script('blink', '1', 60_000));
    await until(() => job.progress.bytesSent > 5000, 'some of it');
    job.cancel();
    assert.equal((await job.finished).outcome, 'cancelled');
    assert.equal(desk.software.jobOf('board', 0), undefined);
    await succeed(board, 'deliver', script());
  });

  it('does not begin what is cancelled while it waits for its turn', async () => {
    desk = await Desk.open();
    const board = await desk.board(slow, 'board', { softwareInstances: 2 });
    const first = desk.software.start(board, 0, 'deliver', script('blink', '1', 20_000));
    const second = desk.software.start(board, 1, 'deliver', script());
    second.cancel();
    assert.equal((await second.finished).outcome, 'cancelled');
    assert.equal((await first.finished).outcome, 'succeeded');
    assert.equal((await states(board, 1))[0], 0);
  });

  it('is fetched by the board where the user wants that', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    const board = await desk.board();
    const job = desk.software.start(board, 0, 'deliver', script('blink', '1', 20_000));
    const sent = new Set<number>();
    job.onDidProgress(({ bytesSent }) => sent.add(bytesSent));
    assert.equal((await job.finished).outcome, 'succeeded');
    assert.ok(sent.size > 2, 'in steps');
    assert.deepEqual(await states(board), [3, 3, false]);
  });

  describe('from a server of the user’s own', () => {
    const server = createServer((request, response) => {
      const allowed = `Basic ${Buffer.from('desk:s3cret').toString('base64')}`;
      if (request.headers.authorization !== allowed) response.writeHead(401).end();
      else if (request.url?.split('?')[0] === '/glow.txt') response.end('glow 7\nred');
      else response.writeHead(404).end();
    });
    let root: string;
    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => new Promise((resolve) => server.close(resolve)));

    const account = { userName: 'desk', password: 's3cret' };

    it('comes with user name and password, which nobody reads anywhere', async () => {
      desk = await Desk.open();
      const board = await desk.board();
      const record = await succeed(board, 'deliver', { uri: `${root}/glow.txt?token=abc`, ...account });
      assert.deepEqual([record.toVersion, record.packageName, record.bytes], ['7', `${root}/glow.txt`, 0]);
      assert.doesNotMatch(JSON.stringify(desk.history.records), /s3cret|token/);
    });

    it('is refused without them, and where there is no such package', async () => {
      desk = await Desk.open();
      const board = await desk.board();
      const unknown = await run(board, 'deliver', { uri: `${root}/glow.txt` });
      assert.deepEqual([unknown.error?.code, unknown.updateResult], ['software.rejected', 52]);
      const missing = await run(board, 'deliver', { uri: `${root}/none.txt`, ...account });
      assert.deepEqual([missing.error?.code, missing.updateResult], ['software.rejected', 56]);
      const scheme = await run(board, 'deliver', { uri: 'ftp://x/y' });
      assert.equal(scheme.outcome, 'failed');
    });
  });
});
