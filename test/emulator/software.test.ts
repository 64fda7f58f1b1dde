import assert from 'node:assert/strict';
import type { Board } from '../../src/lwm2m/board';
import { toSoftwarePackage } from '../../src/update/software-service';
import { until } from '../unit/support/until';
import { Bench } from './bench';
import { sharedProject } from './firmware';

/** A component as the board takes it: name and version in the first line, then what its display shows. */
const component = (version: string, text: string): Uint8Array =>
  Buffer.from(`timetable ${version}\n${text}\n`);

describe('the software component of an emulated board', function () {
  this.timeout(120_000);
  const project = sharedProject();
  let bench: Bench;
  let board: Board;

  beforeEach(async () => {
    bench = await Bench.open(project());
    board = await bench.registered();
  });

  afterEach(() => bench.dispose());

  async function deliver(bytes: Uint8Array): Promise<void> {
    await board.push('/9/0/2', bytes);
  }

  /** Update State (9/0/7), Update Result (9/0/9), Activation State (9/0/12). */
  async function states(): Promise<readonly unknown[]> {
    const values = await board.read('/9/0');
    return ['/9/0/7', '/9/0/9', '/9/0/12'].map((path) => values.get(path));
  }

  it('is delivered, installed, activated, deactivated and uninstalled, and the board prints what is active', async () => {
    await bench.said('display: no timetable loaded');
    assert.deepEqual(await states(), [0, 0, false]);
    await deliver(component('1.0', 'S3 Ostkreuz 12:04'));
    assert.deepEqual(await states(), [3, 3, false]);
    await board.execute('/9/0/4');
    assert.deepEqual(await states(), [4, 2, false]);
    assert.ok(!bench.console.includes('S3 Ostkreuz'), 'not before it is active');
    await board.execute('/9/0/10');
    assert.deepEqual(await states(), [4, 2, true]);
    await bench.said('display: S3 Ostkreuz 12:04');
    bench.console = '';
    await board.execute('/9/0/11');
    await bench.said('display: no timetable loaded');
    assert.deepEqual(await states(), [4, 2, false]);
    await board.execute('/9/0/6');
    assert.deepEqual(await states(), [0, 0, false]);
  });

  it('goes through the whole workflow of the desk, and each step is in the history', async () => {
    const { software, history } = bench.desk;
    const bytes = component('1.0', 'S3 Ostkreuz 12:04');
    const records = [
      await software.start(board, 0, 'deliver', { package: toSoftwarePackage('timetable.txt', bytes) })
        .finished,
      await software.start(board, 0, 'install').finished,
      await software.start(board, 0, 'activate').finished,
    ];
    assert.deepEqual(
      records.map(({ outcome, error, toVersion }) => [outcome, error, toVersion]),
      records.map(() => ['succeeded', undefined, '1.0']),
    );
    await bench.said('display: S3 Ostkreuz');
    const early = await software.start(board, 0, 'deliver', { package: toSoftwarePackage('x', bytes) })
      .finished;
    assert.equal(early.error?.code, 'software.wrong-state');
    assert.equal((await software.start(board, 0, 'deactivate').finished).outcome, 'succeeded');
    assert.equal((await software.start(board, 0, 'uninstall-for-update').finished).outcome, 'succeeded');
    const next = toSoftwarePackage('timetable.txt', component('1.1', 'S5'));
    assert.equal((await software.start(board, 0, 'deliver', { package: next }).finished).toVersion, '1.1');
    const again = await software.start(board, 0, 'deliver', { package: next }).finished;
    assert.deepEqual([again.outcome, again.error], ['succeeded', undefined], 'over one not installed');
    assert.equal(history.records.length, 8);
  });

  it('is linked from object 9 to object 14, which tells its name and version', async () => {
    await deliver(component('1.0', 'S3'));
    await board.execute('/9/0/4');
    const software = await board.read('/9/0');
    assert.deepEqual([software.get('/9/0/0'), software.get('/9/0/1')], ['timetable', '1.0']);
    const link = software.get('/9/0/17/0') ?? software.get('/9/0/17');
    assert.deepEqual(link, { objectId: 14, instanceId: 0 });
    const part = await board.read('/14/0');
    assert.deepEqual([part.get('/14/0/0'), part.get('/14/0/2')], ['timetable', '1.0']);
    await board.execute('/14/0/3');
    await bench.said('display: S3');
    assert.equal(await board.readResource('/14/0/5'), true);
    await board.execute('/14/0/4');
    assert.equal(await board.readResource('/9/0/12'), false);
  });

  it('stays installed and active without power', async () => {
    await deliver(component('1.0', 'U8 Wittenau'));
    await board.execute('/9/0/4');
    await board.execute('/9/0/10');
    await bench.cutPower();
    await bench.powerOn();
    await bench.said('display: U8 Wittenau');
    board = await bench.restarted();
    assert.deepEqual(await states(), [4, 2, true]);
  });

  it('is left out after a power cut in its delivery', async () => {
    const rows = Array.from({ length: 1500 }, (_, row) => `M10 ${row}`).join('\n');
    let sent = 0;
    const pushing = board
      .push('/9/0/2', component('1.0', rows), {
        onProgress: ({ bytesAcknowledged }) => (sent = bytesAcknowledged),
      })
      .catch(() => undefined);
    await until(() => sent > 2000, 'some of the delivery', 30_000);
    await bench.cutPower();
    await bench.powerOn();
    await pushing;
    board = await bench.restarted();
    assert.deepEqual(await states(), [0, 0, false]);
  });

  it('is refused where it is none, and in the wrong state', async () => {
    await deliver(Buffer.from([0, 1, 2, 3]));
    const [state, result] = await states();
    assert.deepEqual([state, result], [0, 54]);
    for (const path of ['/9/0/4', '/9/0/6', '/9/0/10', '/9/0/11', '/14/0/3']) {
      await assert.rejects(board.execute(path), /4\.05/, path);
    }
    await deliver(component('1.0', 'S3'));
    await board.execute('/9/0/4');
    await assert.rejects(deliver(component('1.1', 'S5')), /4\.05/, 'not over one that is installed');
    assert.equal(await board.readResource('/9/0/1'), '1.0');
  });
});
