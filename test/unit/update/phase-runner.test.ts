import assert from 'node:assert/strict';
import type { Board } from '../../../src/lwm2m/board';
import { PhaseRunner } from '../../../src/update/phase-runner';
import type { UpdateProgress } from '../../../src/update/types';
import { defaultTimeouts } from '../../../src/update/update-service';
import { FakeClock } from '../support/fake-clock';

describe('The phases of a run', () => {
  const board = { endpoint: 'desk-1' } as Board;
  let clock: FakeClock;
  let abort: AbortController;
  let told: UpdateProgress[];
  let phases: PhaseRunner;
  beforeEach(() => {
    clock = new FakeClock();
    abort = new AbortController();
    told = [];
    const onProgress = (progress: UpdateProgress): void => void told.push(progress);
    const timeouts = { ...defaultTimeouts, apply: 3000 };
    phases = new PhaseRunner({ board, clock, timeouts, signal: abort.signal, onProgress }, 1000);
  });
  afterEach(() => assert.equal(clock.pending, 0, 'no timer stays'));

  /** Work that only its signal ends, and then as that says. */
  const endless = (signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });

  it('begin with nothing sent, and take an estimate away when the next one begins', async () => {
    const begun = {
      phase: 'preflight',
      bytesSent: 0,
      bytesTotal: 1000,
      bytesPerSecond: 0,
      retransmissions: 0,
    };
    assert.deepEqual(phases.facts, { progress: begun });
    phases.report({ phase: 'push', bytesSent: 400, bytesPerSecond: 80, remainingMs: 7500 });
    assert.equal(await phases.within('downloaded', async () => 7), 7);
    assert.deepEqual(told, [
      { ...begun, phase: 'push', bytesSent: 400, bytesPerSecond: 80, remainingMs: 7500 },
      { ...begun, phase: 'downloaded', bytesSent: 400 },
    ]);
    assert.equal(phases.progress, told[1]);
  });

  it('end by the timeout of their own, or of another that they are shown as', async () => {
    for (const [options, shown, timeoutMs] of [
      [{}, 'apply', 3000],
      [{ shown: 'activate' }, 'activate', 3000],
      [{ timeoutMs: 500 }, 'apply', 500],
    ] as const) {
      const details = { board: 'desk-1', phase: shown, timeoutMs };
      const ended = assert.rejects(phases.within('apply', endless, options), {
        code: 'update.phase-timeout',
        details,
      });
      assert.equal(phases.progress.phase, shown);
      await clock.advance(timeoutMs);
      await ended;
    }
  });

  it('count the time of each transfer, also of one that fails', async () => {
    const take = (ms: number) => async (): Promise<void> => await clock.advance(ms);
    await phases.transferring(take(200));
    const failure = new Error('no');
    const failing = phases.transferring(async () => {
      await clock.advance(50);
      throw failure;
    });
    await assert.rejects(failing, failure);
    assert.equal(phases.facts.pushDurationMs, 250);
  });

  it('leave a cancelled run ten seconds to clean up', async () => {
    abort.abort();
    await phases.cleanUp(async (signal) => assert.equal(signal.aborted, false));
    let ended = false;
    const cleaning = assert.rejects(phases.cleanUp(endless)).then(() => (ended = true));
    await clock.advance(9999);
    assert.equal(ended, false);
    await clock.advance(1);
    await cleaning;
  });

  it('tell of a lost board how far it got, and why', () => {
    phases.report({ phase: 'push', bytesSent: 400 });
    const cause = new Error('gone');
    assert.deepEqual(phases.boardLost().details, { board: 'desk-1', phase: 'push', bytesSent: 400 });
    const late = phases.boardLost('apply', cause);
    assert.deepEqual([late.details.phase, late.cause], ['apply', cause]);
  });
});
