import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { nullLog } from '../../../src/base/log';
import { type Connection, LinkLifecycle } from '../../../src/link/link-lifecycle';
import { FakeClock, settle } from '../support/fake-clock';

const BUSY = new SlipwayError('link.busy', { link: 'x' });
const GONE = new SlipwayError('link.not-found', { link: 'x' });

/** A device whose openings a test settles. */
class Device {
  readonly clock = new FakeClock();
  readonly attempts: {
    lost: (error: SlipwayError) => void;
    signal: AbortSignal;
    succeed: () => void;
    fail: (error: unknown) => void;
  }[] = [];
  readonly closed: number[] = [];
  readonly states: string[] = [];
  /** Holds closing back while set. */
  closing: Promise<void> | undefined;
  readonly lifecycle = new LinkLifecycle<Connection>(
    'x',
    (lost, signal) =>
      new Promise((resolve, reject) => {
        const index = this.attempts.length;
        const close = async (): Promise<void> => {
          await this.closing;
          this.closed.push(index);
        };
        this.attempts.push({ lost, signal, succeed: () => resolve({ close }), fail: reject });
      }),
    { clock: this.clock, log: nullLog },
  );

  constructor() {
    this.lifecycle.onDidChangeState((state) => this.states.push(state));
  }

  get last(): Device['attempts'][number] {
    return this.attempts.at(-1)!;
  }
}

describe('LinkLifecycle', () => {
  it('opens at once', async () => {
    const device = new Device();
    assert.equal(device.lifecycle.state, 'opening');
    assert.equal(device.attempts.length, 1);
    device.last.succeed();
    await settle();
    assert.equal(device.lifecycle.state, 'open');
    assert.ok(device.lifecycle.connection);
  });

  it('tries again with back-off up to 5 s, and says why it waits', async () => {
    const device = new Device();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      device.last.fail(BUSY);
      await settle();
      assert.equal(device.lifecycle.state, 'waiting');
      assert.equal(device.lifecycle.error, BUSY);
      const wait = device.clock.nextIn!;
      waits.push(wait);
      await device.clock.advance(wait);
    }
    assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
    assert.deepEqual(device.states, ['waiting']);
    device.last.fail(GONE);
    await settle();
    assert.deepEqual(device.states, ['waiting', 'waiting'], 'another reason is news');
    await device.clock.advance(5000);
    device.last.succeed();
    await settle();
    assert.equal(device.lifecycle.state, 'open');
    assert.equal(device.lifecycle.error, undefined);
  });

  it('opens again after a loss, quickly after a stable connection, slower after a short one', async () => {
    const device = new Device();
    device.last.succeed();
    await settle();
    device.last.lost(GONE);
    await settle();
    assert.equal(device.lifecycle.state, 'waiting');
    assert.equal(device.lifecycle.error, GONE);
    assert.equal(device.lifecycle.connection, undefined);
    assert.deepEqual(device.closed, [0]);
    await device.clock.advance(250);
    device.last.succeed();
    await settle();
    device.last.lost(GONE);
    await settle();
    assert.equal(device.clock.nextIn, 500);
    await device.clock.advance(500);
    device.last.succeed();
    await device.clock.advance(3000);
    device.last.lost(GONE);
    await settle();
    assert.equal(device.clock.nextIn, 250);
  });

  it('wraps what is not one of our errors', async () => {
    const device = new Device();
    device.last.fail(new Error('boom'));
    await settle();
    assert.deepEqual(device.lifecycle.error?.details, { link: 'x', reason: 'boom' });
  });

  it('release resolves when the device is free; retake opens anew', async () => {
    const device = new Device();
    device.last.succeed();
    await settle();
    let letGo = (): void => {};
    device.closing = new Promise((resolve) => (letGo = resolve));
    let isReleased = false;
    const released = device.lifecycle.release().then(() => (isReleased = true));
    await settle();
    assert.equal(device.lifecycle.state, 'released');
    assert.equal(device.lifecycle.connection, undefined);
    assert.equal(isReleased, false);
    device.lifecycle.retake();
    await settle();
    assert.equal(device.attempts.length, 1, 'not before it was let go');
    letGo();
    await released;
    await settle();
    assert.equal(device.attempts.length, 2);
    assert.equal(device.lifecycle.state, 'opening');
    device.last.succeed();
    await settle();
    assert.equal(device.lifecycle.state, 'open');
  });

  it('ends an attempt or a wait on release, and closes what opened nevertheless', async () => {
    const device = new Device();
    const released = device.lifecycle.release();
    assert.equal(device.last.signal.aborted, true);
    device.last.succeed();
    await released;
    assert.deepEqual(device.closed, [0]);
    assert.equal(device.lifecycle.state, 'released');

    device.lifecycle.retake();
    await settle();
    device.last.fail(BUSY);
    await settle();
    await device.lifecycle.release();
    assert.equal(device.clock.pending, 0);
    assert.equal(device.lifecycle.error, undefined);
  });

  it('dispose is for good', async () => {
    const device = new Device();
    device.last.succeed();
    await settle();
    device.lifecycle.dispose();
    device.lifecycle.dispose();
    device.lifecycle.retake();
    await settle();
    assert.deepEqual(device.states, ['open', 'closed']);
    assert.deepEqual(device.closed, [0]);
    assert.equal(device.attempts.length, 1);
    assert.equal(device.clock.pending, 0);
  });
});
