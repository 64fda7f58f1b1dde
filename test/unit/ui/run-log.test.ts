import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event';
import { RunLog } from '../../../src/ui/run-log';
import type { UpdateJob, UpdateRecord } from '../../../src/update/types';
import { FakeClock, settle } from '../support/fake-clock';
import { updateProgress, updateRecord } from './shown-board';

class FakeJob {
  readonly board = 'desk-1';
  progress = updateProgress();
  finish!: (record: UpdateRecord) => void;
  readonly finished = new Promise<UpdateRecord>((resolve) => (this.finish = resolve));

  constructor(readonly id: string) {}
}

describe('the log of runs', () => {
  const clock = new FakeClock();
  const jobs = new Emitter<UpdateJob>();
  const tell = (job: FakeJob): void => jobs.fire(job as unknown as UpdateJob);

  it('keeps curve and end of the last run of each board', async () => {
    const log = new RunLog({ onDidChangeJobs: jobs.event }, clock);
    const ended: string[] = [];
    log.onDidEnd(({ id }) => ended.push(id));
    assert.equal(log.get('desk-1'), undefined);

    const first = new FakeJob('first');
    first.progress = updateProgress({ phase: 'preflight', bytesPerSecond: 0 });
    tell(first);
    assert.deepEqual(log.get('desk-1')?.samples, []);
    first.progress = updateProgress({ bytesPerSecond: 100.4 });
    await clock.advance(500);
    tell(first);
    await clock.advance(1000.4);
    tell(first);
    first.progress = updateProgress({ phase: 'reboot', bytesPerSecond: 0 });
    tell(first);
    assert.deepEqual(log.get('desk-1')?.samples, [
      [0, 100],
      [1000, 100],
    ]);
    first.finish(updateRecord({ id: 'first' }));
    await settle();
    assert.deepEqual(ended, ['first']);
    assert.equal(log.get('desk-1')?.record?.id, 'first');

    tell(new FakeJob('second'));
    assert.equal(log.get('desk-1')?.job.id, 'second');
    assert.equal(log.get('desk-1')?.record, undefined);
    log.dispose();
  });

  it('thins a long curve out evenly', async () => {
    const log = new RunLog({ onDidChangeJobs: jobs.event }, clock);
    const job = new FakeJob('long');
    for (let tick = 0; tick < 5000; tick++) {
      tell(job);
      await clock.advance(10);
    }
    const samples = log.get('desk-1')?.samples ?? [];
    assert.ok(samples.length > 100 && samples.length <= 240, String(samples.length));
    assert.equal(samples[0]?.[0], 0);
    assert.ok((samples.at(-1)?.[0] ?? 0) > 49_000);
    const gaps = samples.slice(1).map(([at], index) => at - (samples[index]?.[0] ?? 0));
    assert.ok(Math.max(...gaps) < 10 * Math.min(...gaps), `${Math.min(...gaps)} … ${Math.max(...gaps)}`);
    log.dispose();
  });
});
