import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { systemClock as clock } from '../../src/base/clock';
import { SlipwayError } from '../../src/base/errors';
import { nullLog } from '../../src/base/log';
import { seededRandom } from '../../src/base/random';
import { EmulatedBoard } from '../../src/emulator/emulated-board';
import { QemuProcess } from '../../src/emulator/qemu';
import { openLink } from '../../src/link/open-link';
import { encodeCoapFrame } from '../../src/link/slipmux';
import { until } from '../unit/support/until';
import { Bench, qemu } from './bench';
import { sharedProject } from './firmware';

const frames = 1000;
const seed = 20_261_124;

describe('an emulated board among troubles', function () {
  this.timeout(180_000);
  const project = sharedProject();
  let bench: Bench;

  afterEach(() => bench.dispose());

  it(`goes on after ${frames} malformed frames (seed ${seed})`, async () => {
    bench = await Bench.open(project());
    const board = await bench.registered();
    const boots = async (): Promise<string> => {
      bench.console = '';
      await board.link.writeConsole(Buffer.from('slots\r'));
      await bench.said(/boots: \d+/);
      return /boots: \d+/.exec(bench.console)![0];
    };
    const before = await boots();
    await board.link.release();
    const { port } = new URL(bench.emulated.address);
    const socket = connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
    socket.resume();
    await once(socket, 'connect');
    const random = seededRandom(seed);
    for (let frame = 0; frame < frames; frame++) await write(socket, malformed(random));
    const closed = once(socket, 'close');
    socket.end();
    await closed;
    board.link.retake();
    await until(() => board.link.state === 'open', 'the link to be open again', 60_000);
    assert.equal(await boots(), before, 'it was not reset');
    assert.equal(await bench.version(), '1.0.0');
    assert.equal(Number(await board.readResource('/5/0/3')), 0);
  });

  it('is reached over a pty with a serial port', async () => {
    bench = await Bench.open(project());
    await bench.cutPower();
    const machine = await QemuProcess.start({
      program: qemu,
      bootloader: project().bootloader,
      flash: bench.flash,
      serial: { kind: 'pty' },
    });
    try {
      const path = await until(() => /\/dev\/\S+/.exec(machine.output)?.[0], 'the name of the pty');
      bench.console = '';
      const link = openLink(`serial:${path}`, { clock, log: nullLog, baudRate: 115_200 });
      link.onConsole((bytes) => (bench.console += Buffer.from(bytes).toString()));
      bench.desk.serve(link);
      // Registered, whether that came before the port was open or after.
      const board = await until(
        () => [...bench.desk.server.boards.values()].find(({ online, link: on }) => online && on === link),
        'the registration over the serial port',
        60_000,
      );
      assert.equal(await board.readResource('/3/0/3'), '1.0.0');
      const image = await project().image();
      assert.equal((await bench.push({ image: Buffer.concat([image, Buffer.alloc(512)]) })).updateResult, 1);
    } finally {
      await machine.powerOff();
    }
  });

  it('says that the emulator is not there, or why it ended', async () => {
    bench = await Bench.open(project());
    const { bootloader } = project();
    const options = { qemu, bootloader, flash: bench.flash, log: nullLog };
    await assert.rejects(EmulatedBoard.start({ ...options, qemu: '/nowhere/qemu-system-arm' }), (error) =>
      SlipwayError.is(error, 'emulator.no-qemu'),
    );
    const board = await EmulatedBoard.start({ ...options, bootloader: '/nowhere/boot.elf' });
    const ended = new Promise<SlipwayError<'emulator.ended'>>((resolve) => board.onDidEnd(resolve));
    // It waits for its line before it starts.
    bench.desk.serve(openLink(board.address, { clock, log: nullLog }));
    const error = await ended;
    assert.equal(error.details.exitCode, 1);
    assert.match(error.details.reason, /boot\.elf/);
    board.dispose();
  });
});

async function write(socket: Socket, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Noise, frames with a wrong check sequence, cut or endless ones, and CoAP that is none inside good frames. */
function malformed(random: () => number): Uint8Array {
  const noise = (length: number): Buffer =>
    Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
  const size = Math.floor(random() * 80);
  switch (Math.floor(random() * 5)) {
    case 0:
      return noise(size);
    case 1: {
      const frame = Buffer.from(encodeCoapFrame(noise(size)));
      frame[Math.floor(random() * frame.length)]! ^= 1 << Math.floor(random() * 8);
      return frame;
    }
    case 2:
      return encodeCoapFrame(noise(size)).subarray(0, size);
    case 3:
      return encodeCoapFrame(noise(random() < 0.1 ? 3000 : size));
    default:
      // A good header, with a token and options that lead anywhere.
      return encodeCoapFrame(
        Buffer.concat([Buffer.from([0x40 | (size % 16), Math.floor(random() * 256)]), noise(size)]),
      );
  }
}
