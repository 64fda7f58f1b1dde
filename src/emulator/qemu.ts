import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { SlipwayError } from '../base/errors';
import { flashSize } from './flash-file';

/** How the emulator's UART reaches the host. */
export type SerialPort = { readonly kind: 'tcp'; readonly port: number } | { readonly kind: 'pty' };

export interface QemuOptions {
  /** QEMU's program for Arm: a name to be found in PATH, or a path. */
  readonly program: string;
  /** ELF that runs from reset. */
  readonly bootloader: string;
  /** File of the board's flash, see `makeFlash`. */
  readonly flash: string;
  readonly serial: SerialPort;
}

/** The machine that the board's firmware is made for: Arm's MPS2 with a Cortex-M3 (AN385). */
const machine = 'mps2-an385';

/** What QEMU said last is enough to know why it ended. */
const keptOutput = 4096;

/** One run of the emulator, from power on until it ends. */
export class QemuProcess {
  /** Ends with the exit code (null after a signal) when the emulator is gone. */
  readonly ended: Promise<number | null>;
  private text = '';

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text = (this.text + chunk).slice(-keptOutput);
      });
    }
    // A host that goes away takes its boards with it.
    const end = (): void => void child.kill('SIGKILL');
    process.once('exit', end);
    void this.ended.then(() => process.off('exit', end));
  }

  /**
   * Powers a machine on. Its UART waits for a connection before the machine runs, so that the first words of the
   * bootloader are heard. Rejects `emulator.no-qemu`, and `emulator.unsupported` where QEMU can't keep a flash.
   */
  static async start(options: QemuOptions): Promise<QemuProcess> {
    // QEMU is built with memory-backend-file for POSIX hosts only.
    if (process.platform === 'win32') {
      throw new SlipwayError('emulator.unsupported', { platform: process.platform });
    }
    const child = spawn(options.program, qemuArguments(options), { stdio: ['ignore', 'pipe', 'pipe'] });
    const qemu = new QemuProcess(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) =>
        reject(new SlipwayError('emulator.no-qemu', { program: options.program }, { cause })),
      );
    });
    return qemu;
  }

  /** What the emulator said, the end of it. */
  get output(): string {
    return this.text;
  }

  /** Cuts the power, at once and in the middle of whatever goes on. Resolves when the emulator is gone. */
  async powerOff(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

/** A TCP port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function qemuArguments({ bootloader, flash, serial }: QemuOptions): readonly string[] {
  // In QEMU's option lists a comma is written twice.
  const file = flash.replaceAll(',', ',,');
  return [
    ...['-M', `${machine},memory-backend=psram`],
    ...['-object', `memory-backend-file,id=psram,size=${flashSize},mem-path=${file},share=on`],
    ...['-display', 'none', '-monitor', 'none'],
    ...['-serial', serialArgument(serial)],
    ...['-kernel', bootloader],
  ];
}

function serialArgument(serial: SerialPort): string {
  return serial.kind === 'pty' ? 'pty' : `tcp:127.0.0.1:${serial.port},server=on,wait=on,nodelay=on`;
}
