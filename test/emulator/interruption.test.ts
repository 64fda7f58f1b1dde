import assert from 'node:assert/strict';
import type { UpdateJob, UpdatePhase } from '../../src/update/types';
import { until } from '../unit/support/until';
import { Bench, patienceMs, sent, withVersion } from './bench';
import { sharedProject } from './firmware';

/** What an observer of the run sees: phases, and how often it was back at the first byte. */
function follow(job: UpdateJob): { readonly phases: Set<UpdatePhase>; setBacks: number } {
  const seen = { phases: new Set<UpdatePhase>(), setBacks: 0 };
  let sent = 0;
  job.onDidProgress(({ phase, bytesSent }) => {
    seen.phases.add(phase);
    if (bytesSent < sent) seen.setBacks++;
    sent = bytesSent;
  });
  return seen;
}

describe('an emulated board whose update is interrupted', function () {
  this.timeout(180_000);
  const project = sharedProject();
  let image: Buffer;
  let bench: Bench;

  before(async () => {
    image = withVersion(await project().image(), '1.1.0');
  });

  beforeEach(async () => {
    bench = await Bench.open(project());
  });

  afterEach(() => bench.dispose());

  it('gets the rest of the package when only the cable was out', async () => {
    const board = await bench.registered();
    const job = bench.desk.updates.start(board, await bench.package({ image }));
    const seen = follow(job);
    await sent(job, 0.5);
    await board.link.release();
    await until(() => job.progress.phase === 'interruption', 'the wait for the board', patienceMs);
    board.link.retake();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error, record.toVersion], ['succeeded', undefined, '1.1.0']);
    assert.equal(seen.setBacks, 0);
  });

  it('gets all of it anew when it lost power', async () => {
    const job = bench.desk.updates.start(await bench.registered(), await bench.package({ image }));
    const seen = follow(job);
    await sent(job, 0.5);
    await bench.cutPower();
    await bench.powerOn();
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error, record.toVersion], ['succeeded', undefined, '1.1.0']);
    assert.equal(seen.setBacks, 1);
    assert.ok(seen.phases.has('interruption'));
  });
});
