import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import { QemuProcess, freePort } from './qemu';

export interface EmulatedBoardOptions {
  readonly qemu: string;
  readonly bootloader: string;
  readonly flash: string;
  readonly log: Log;
}

/** A board of real firmware on an emulated machine, with its UART on a TCP port that stays the same. */
export class EmulatedBoard implements Disposable {
  private qemu: QemuProcess | undefined;
  private readonly ended = new Emitter<SlipwayError<'emulator.ended'>>();
  /** The emulator ended, and nobody had asked for it. */
  readonly onDidEnd = this.ended.event;

  private constructor(
    private readonly options: EmulatedBoardOptions,
    private readonly port: number,
  ) {}

  /** Powers a board on. Rejects as `QemuProcess.start`. */
  static async start(options: EmulatedBoardOptions): Promise<EmulatedBoard> {
    const board = new EmulatedBoard(options, await freePort());
    await board.powerOn();
    return board;
  }

  /** Address of the link to its UART. */
  get address(): string {
    return `tcp://127.0.0.1:${this.port}`;
  }

  /** Cuts the power; what is in the flash stays. */
  async powerOff(): Promise<void> {
    const { qemu } = this;
    this.qemu = undefined;
    await qemu?.powerOff();
  }

  /** Rejects as `QemuProcess.start`. */
  async powerOn(): Promise<void> {
    if (this.qemu) return;
    const { options, port } = this;
    const { bootloader, flash, log } = options;
    const qemu = await QemuProcess.start({
      program: options.qemu,
      bootloader,
      flash,
      serial: { kind: 'tcp', port },
    });
    this.qemu = qemu;
    log.info(`emulated board on ${this.address}`);
    void qemu.ended.then((exitCode) => {
      if (this.qemu !== qemu) return;
      this.qemu = undefined;
      log.error(`the emulator ended: ${qemu.output}`);
      this.ended.fire(new SlipwayError('emulator.ended', { exitCode, reason: lastLine(qemu.output) }));
    });
  }

  dispose(): void {
    void this.powerOff();
    this.ended.dispose();
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
