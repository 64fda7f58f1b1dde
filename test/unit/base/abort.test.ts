import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { unlessAborted } from '../../../src/base/abort';
import { SlipwayError } from '../../../src/base/errors';

describe('Work unless it is aborted', () => {
  let abort: AbortController;
  beforeEach(() => (abort = new AbortController()));
  afterEach(() => assert.deepEqual(getEventListeners(abort.signal, 'abort'), [], 'nothing listens on'));

  it('settles as the work does', async () => {
    const failure = new Error('no');
    assert.equal(await unlessAborted(Promise.resolve(7), abort.signal), 7);
    await assert.rejects(unlessAborted(Promise.reject(failure), abort.signal), failure);
  });

  it('is cancelled at once, whatever the work comes to', async () => {
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const cancelled = assert.rejects(unlessAborted(work, abort.signal), { code: 'cancelled' });
    abort.abort();
    await cancelled;
    // Nobody takes it any more; left unhandled, it would end the process.
    fail(new Error('too late'));
  });

  it('is cancelled where the signal is aborted already, for the reason that the signal has', async () => {
    abort.abort(new SlipwayError('lwm2m.no-such-board', { board: 'desk-1' }));
    const waiting = unlessAborted(new Promise<never>(() => undefined), abort.signal);
    await assert.rejects(waiting, { code: 'lwm2m.no-such-board' });
  });
});
