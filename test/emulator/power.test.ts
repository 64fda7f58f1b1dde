import assert from 'node:assert/strict';
import type { UpdateJob } from '../../src/update/types';
import type { DeskWishes } from '../unit/integration/desk';
import { until } from '../unit/support/until';
import { Bench, patienceMs, sent, withVersion } from './bench';
import { sharedProject } from './firmware';

/** No update goes on by itself: what a cut leaves on the board is looked at. */
const desk: DeskWishes = { retries: 0, timeouts: { interruption: 0 } };

describe('an emulated board that loses power', function () {
  this.timeout(180_000);
  const project = sharedProject();
  let image: Buffer;
  let bench: Bench;

  before(async () => {
    image = withVersion(await project().image(), '1.1.0');
  });

  afterEach(() => bench.dispose());

  async function start(): Promise<UpdateJob> {
    return bench.desk.updates.start(await bench.registered(), await bench.package({ image }));
  }

  /** Cuts the power, gives it back, and gives the version that came up. */
  async function cut(job: UpdateJob): Promise<string> {
    await bench.cutPower();
    await bench.powerOn();
    await bench.restarted();
    const version = await bench.version();
    const record = await job.finished;
    if (record.outcome === 'succeeded') {
      assert.equal(version, '1.1.0', 'never told of a success that is lost');
    }
    return version;
  }

  for (const part of [0.02, 0.25, 0.5, 0.75, 0.98, 1]) {
    it(`after ${part * 100} % of a push comes back with the image it ran, and takes the next push`, async () => {
      bench = await Bench.open(project(), { desk });
      const job = await start();
      await sent(job, part);
      assert.equal(await cut(job), '1.0.0');
      assert.equal((await bench.push({ image })).outcome, 'succeeded');
    });
  }

  for (const { when, text } of [
    { when: 'with the update armed', text: 'firmware: update, rebooting' },
    { when: 'in the bootloader', text: 'boot: slot B' },
    { when: 'in the first moment of the new image', text: 'factory firmware' },
    { when: 'while the new image registers', text: 'display: ' },
    { when: 'when the new image has registered', text: 'lwm2m: registered' },
  ]) {
    it(`${when} comes back with the old image or the new one`, async () => {
      bench = await Bench.open(project(), { desk });
      await bench.said('lwm2m: registered');
      const job = await start();
      await bench.said('signature good');
      bench.console = '';
      await bench.said(text);
      const first = await cut(job);
      assert.ok(['1.0.0', '1.1.0'].includes(first), first);
      // What came up stays, unless it was the trial: that is over now.
      await bench.cutPower();
      await bench.powerOn();
      await bench.restarted();
      assert.equal(await bench.version(), first);
      if (first === '1.0.0') assert.equal((await bench.push({ image })).outcome, 'succeeded');
    });
  }

  it('when the new image is confirmed comes back with it', async () => {
    bench = await Bench.open(project(), { desk });
    const job = await start();
    await bench.said('firmware: confirmed');
    assert.equal(await cut(job), '1.1.0');
  });

  it('time and again at any moment of a boot is none the worse for it', async () => {
    bench = await Bench.open(project(), { desk });
    assert.equal((await bench.push({ image })).outcome, 'succeeded');
    for (let bytes = 0; bytes < 60; bytes += 7) {
      await bench.cutPower();
      await bench.powerOn();
      await until(() => bench.console.length >= bytes, 'some words', patienceMs);
    }
    await bench.restarted();
    assert.equal(await bench.version(), '1.1.0');
  });
});
