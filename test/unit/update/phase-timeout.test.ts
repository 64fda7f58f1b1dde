import assert from 'node:assert/strict';
import type { Clock } from '../../../src/base/clock';
import { withTimeout } from '../../../src/update/phase-timeout';
import { FakeClock } from '../support/fake-clock';

/** Work that only its signal ends. */
function endless(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function run(clock: Clock, timeoutMs: number, signal = new AbortController().signal): Promise<never> {
  return withTimeout({ board: 'desk', clock, signal }, 'reboot', timeoutMs, endless);
}

describe('The timeout of a phase', () => {
  it('ends it when its time is over, and not before', async () => {
    const clock = new FakeClock();
    let ended = false;
    const running = run(clock, 12_000).finally(() => (ended = true));
    const timedOut = assert.rejects(running, { code: 'update.phase-timeout' });
    await clock.advance(11_999);
    assert.equal(ended, false);
    await clock.advance(1);
    await timedOut;
  });

  it('counts a computer’s sleep as no more than a moment', async () => {
    // Timers run on while it sleeps: all that are set fire once, however much time went by.
    const due = new Set<() => void>();
    const clock: Clock = {
      now: () => 0,
      wallTime: () => 0,
      schedule: (_delay, callback) => {
        due.add(callback);
        return { dispose: () => void due.delete(callback) };
      },
    };
    const wake = (): void => {
      for (const callback of [...due]) {
        due.delete(callback);
        callback();
      }
    };
    const abort = new AbortController();
    const running = run(clock, 120_000, abort.signal);
    for (let night = 0; night < 20; night++) wake();
    assert.equal(due.size, 1, 'still waiting');
    abort.abort();
    await assert.rejects(running, { code: 'cancelled' });
    assert.equal(due.size, 0, 'no timer stays');
  });

  it('leaves nothing behind when the work is done', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    assert.equal(await withTimeout({ board: 'desk', clock, signal }, 'reboot', 60_000, async () => 7), 7);
    await clock.advance(120_000);
  });
});
