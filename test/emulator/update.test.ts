import assert from 'node:assert/strict';
import { systemClock as clock } from '../../src/base/clock';
import { impairLink } from '../../src/board/impaired-link';
import { newKey } from '../unit/integration/desk';
import { classIdOf, vendorIdOf } from '../../src/manifest/uuid';
import { until } from '../unit/support/until';
import { Bench, withVersion } from './bench';
import { edits, sharedProject } from './firmware';

describe('firmware on an emulated Cortex-M3', function () {
  this.timeout(180_000);
  const project = sharedProject();
  let factory: Buffer;
  let bench: Bench;

  before(async () => {
    factory = await project().image();
  });

  afterEach(() => bench.dispose());

  it('boots from the factory’s image and registers', async () => {
    bench = await Bench.open(project());
    const board = await bench.registered();
    assert.deepEqual(
      board.registration.objects.map(({ objectId, instances }) => [objectId, ...instances]),
      [
        [1, 0],
        [3, 0],
        [5, 0],
        [9, 0],
        [14, 0],
        [19, 0],
      ],
    );
    assert.equal(board.registration.lwm2mVersion, '1.1');
    const device = await board.read('/3/0');
    assert.equal(device.get('/3/0/0'), 'Slipway');
    assert.equal(device.get('/3/0/3'), '1.0.0');
    await bench.said(/boot: slot A, version 1\.0\.0\r?\n[^]*factory firmware/);
  });

  it('takes what was changed in its source', async () => {
    bench = await Bench.open(project());
    const image = await project().variant(edits.version('1.1.0'), edits.message('Now with clocks'));
    const record = await bench.push({ image });
    assert.equal(record.error, undefined);
    assert.equal(record.outcome, 'succeeded');
    assert.deepEqual([record.fromVersion, record.toVersion], ['1.0.0', '1.1.0']);
    await bench.said('boot: slot B, version 1.1.0');
    await bench.said('Now with clocks');
    await bench.said('firmware: confirmed');
    await bench.cutPower();
    await bench.powerOn();
    await bench.restarted();
    assert.equal(await bench.version(), '1.1.0', 'kept without power');
    // And back into the first slot.
    const next = await bench.desk.push(
      await bench.registered(),
      await bench.package({ image: withVersion(factory, '1.2.0'), sequence: 2 }),
    );
    assert.equal(next.outcome, 'succeeded');
    await bench.said('boot: slot A, version 1.2.0');
  });

  it('takes it over a line that loses frames', async () => {
    bench = await Bench.open(project(), {
      // Damaged ones are lost too: the check sequence of slipmux tells. Behind it nothing is damaged any more.
      impair: (link) => impairLink(link, { loss: 0.06 }, clock, 7),
    });
    const image = withVersion(factory, '1.1.0');
    const record = await bench.push({ image });
    assert.equal(record.error, undefined);
    assert.equal(record.toVersion, '1.1.0');
    assert.ok(record.retransmissions > 0);
  });

  describe('refuses, with the right Update Result,', () => {
    const otherVendor = vendorIdOf('example.org');
    const integrity = 5;
    const unsupported = 6;
    const failed = 8;
    const cases = [
      ['another key’s signature', { signer: newKey() }, integrity],
      ['another vendor', { vendorId: otherVendor }, unsupported],
      ['another class', { classId: classIdOf(vendorIdOf('example.com'), 'other') }, unsupported],
    ] as const;
    for (const [name, wish, result] of cases) {
      it(name, async () => {
        bench = await Bench.open(project());
        const record = await bench.push({ image: withVersion(factory, '6.6.6'), ...wish });
        assert.equal(record.outcome, 'failed');
        assert.equal(record.updateResult, result);
        await unharmed();
      });
    }

    it('a lower sequence number', async () => {
      bench = await Bench.open(project());
      const image = withVersion(factory, '1.1.0');
      const first = await bench.push({ image, sequence: 7 });
      assert.equal(first.outcome, 'succeeded');
      const record = await bench.push({ image: withVersion(factory, '6.6.6'), sequence: 6 });
      assert.equal(record.updateResult, failed);
      await unharmed('1.1.0');
    });

    it('a package that was cut off or has a bit flipped, wherever', async () => {
      bench = await Bench.open(project());
      const board = await bench.registered();
      const whole = await bench.package({ image: withVersion(factory, '6.6.6') });
      const { length } = whole.bytes;
      const damaged = [1, length >> 1, length - 1].map((end) => whole.bytes.slice(0, end));
      for (const at of [0, 3, 40, 90, 150, 200, 300, length >> 1, length - 1]) {
        const bytes = Uint8Array.from(whole.bytes);
        bytes[at]! ^= 0x10;
        damaged.push(bytes);
      }
      for (const bytes of damaged) {
        await board.push('/5/0/0', bytes);
        const isRefused = async (): Promise<boolean> => (await board.readResource('/5/0/3')) === 0;
        await until(isRefused, 'the verdict on the package', 60_000);
        assert.ok([integrity, unsupported].includes(Number(await board.readResource('/5/0/5'))));
      }
      await unharmed();
    });

    async function unharmed(version = '1.0.0'): Promise<void> {
      assert.equal(await bench.version(), version);
      await bench.cutPower();
      await bench.powerOn();
      await bench.restarted();
      assert.equal(await bench.version(), version);
    }
  });

  describe('goes back to the image before', () => {
    const failed = 8;

    it('when the new one crashes, and the desk hears of it', async () => {
      bench = await Bench.open(project(), { confirmSeconds: 10 });
      const image = await project().variant(
        edits.version('2.0.0'),
        edits.start('*(volatile unsigned *)0xfffffff0u = 1; __asm volatile("udf #0");'),
      );
      const { error } = await bench.push({ image });
      assert.deepEqual(error?.details, { board: 'emulated-board', result: failed, phase: 'reboot' });
      await bench.said('boot: slot B, version 2.0.0');
      await bench.said('boot: the new image did not confirm itself, rolled back');
      assert.equal(await bench.version(), '1.0.0');
    });

    it('when the new one never registers', async () => {
      bench = await Bench.open(project(), { confirmSeconds: 5 });
      const image = await project().variant(edits.version('2.0.0'), edits.start('for (;;) { }'));
      const { error } = await bench.push({ image });
      assert.deepEqual(error?.details, { board: 'emulated-board', result: failed, phase: 'reboot' });
      await bench.said('rolled back');
      assert.equal(await bench.version(), '1.0.0');
    });

    it('when the new one is no program at all', async () => {
      bench = await Bench.open(project(), { confirmSeconds: 5 });
      let ended = 0;
      bench.emulated.onDidEnd(() => ended++);
      const push = bench.desk.push(
        await bench.registered(),
        await bench.package({ image: Buffer.alloc(4096, 0xff), version: '2.0.0' }),
      );
      await bench.said('firmware: update, rebooting');
      // Such a processor locks up: QEMU gives up, a real one waits for its watchdog.
      await until(() => ended > 0 || bench.console.includes('rolled back'), 'the end of it', 60_000);
      if (ended > 0) await bench.powerOn();
      await bench.said('rolled back');
      assert.equal((await push).outcome, 'failed');
      assert.equal(await bench.version(), '1.0.0');
    });

    it('takes the next one after that', async () => {
      bench = await Bench.open(project(), { confirmSeconds: 5 });
      await bench.push({ image: await project().variant(edits.start('for (;;) { }')), sequence: 3 });
      const image = withVersion(factory, '2.0.1');
      const record = await bench.push({ image, sequence: 4 });
      assert.equal(record.toVersion, '2.0.1');
      assert.equal(record.outcome, 'succeeded');
    });
  });
});
