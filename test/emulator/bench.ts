import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { EmulatedBoard } from '../../src/emulator/emulated-board';
import { makeFlash } from '../../src/emulator/flash-file';
import { readAppInfo } from '../../src/image/app-info';
import type { Link } from '../../src/link/link';
import { openLink } from '../../src/link/open-link';
import type { Board } from '../../src/lwm2m/board';
import type { UpdateJob, UpdateRecord } from '../../src/update/types';
import { Desk, type DeskWishes, type PackageWish, classId, vendorId } from '../unit/integration/desk';
import { until } from '../unit/support/until';
import type { FirmwareProject } from './firmware';

export const qemu = process.env.SLIPWAY_QEMU ?? 'qemu-system-arm';
export const endpoint = 'emulated-board';

/** Longer than anything here takes, also on a slow machine with many other things to do. */
export const patienceMs = 60_000;

/** A desk with one emulated board that was just delivered by the factory. */
export class Bench {
  readonly flash: string;
  /** What the board printed since `forgetConsole`. */
  console = '';
  private board_: EmulatedBoard | undefined;
  private link: Link | undefined;

  private constructor(
    readonly project: FirmwareProject,
    readonly desk: Desk,
    private readonly folder: string,
  ) {
    this.flash = join(folder, 'flash.bin');
  }

  /** `impair` may put something between the line and the desk. */
  static async open(
    project: FirmwareProject,
    options: {
      readonly confirmSeconds?: number;
      readonly impair?: (link: Link) => Link;
      readonly desk?: DeskWishes;
    } = {},
  ): Promise<Bench> {
    const bench = new Bench(
      project,
      await Desk.open(options.desk),
      await mkdtemp(join(tmpdir(), 'slipway-bench-')),
    );
    await makeFlash(bench.flash, await project.image(), {
      trustAnchors: [bench.desk.signer],
      vendorId,
      classId,
      endpoint,
      confirmSeconds: options.confirmSeconds ?? 60,
    });
    const { bootloader } = project;
    const board = await EmulatedBoard.start({ qemu, bootloader, flash: bench.flash, log: nullLog });
    bench.board_ = board;
    const link = openLink(board.address, { clock, log: nullLog });
    bench.link = link;
    link.onConsole((bytes) => (bench.console += Buffer.from(bytes).toString()));
    bench.desk.serve(options.impair?.(link) ?? link);
    await bench.registered();
    return bench;
  }

  get emulated(): EmulatedBoard {
    if (!this.board_) throw new Error('no board');
    return this.board_;
  }

  /** The board, once it is registered. */
  async registered(): Promise<Board> {
    return await until(
      () => [...this.desk.server.boards.values()].find(({ online }) => online),
      `the registration of the board, which said:\n${this.console}`,
      patienceMs,
    );
  }

  /** Waits until the board has printed `text`. */
  async said(text: string | RegExp): Promise<void> {
    const isThere = (): boolean =>
      typeof text === 'string' ? this.console.includes(text) : text.test(this.console);
    await until(isThere, `'${String(text)}' on the console`, patienceMs).catch((cause: unknown) => {
      throw new Error(`${String(cause)}; the board said:\n${this.console}`);
    });
  }

  /** Registered after this power cycle, not before it. */
  async restarted(): Promise<Board> {
    await this.said('lwm2m: registered');
    return await this.registered();
  }

  async cutPower(): Promise<void> {
    await this.emulated.powerOff();
  }

  /** What was printed before the power cut is forgotten. */
  async powerOn(): Promise<void> {
    // The line tries again at longer and longer intervals after each loss; here somebody knows when it is back.
    await this.link?.release();
    this.console = '';
    await this.emulated.powerOn();
    this.link?.retake();
  }

  /** The version that the board says it runs. */
  async version(): Promise<string> {
    const version = await (await this.registered()).readResource('/3/0/3');
    assert.equal(typeof version, 'string');
    return version as string;
  }

  /** A signed package, with the version that its image tells. */
  async package(wish: PackageWish & { readonly image: Uint8Array }): ReturnType<Desk['package']> {
    const version = readAppInfo(wish.image)?.version;
    return await this.desk.package({ ...(version !== undefined && { version }), ...wish });
  }

  async push(wish: PackageWish & { readonly image: Uint8Array }): Promise<UpdateRecord> {
    return await this.desk.push(await this.registered(), await this.package(wish));
  }

  async dispose(): Promise<void> {
    this.desk.dispose();
    await this.emulated.powerOff();
    this.emulated.dispose();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until that part of the package is sent; 1: all of it. */
export async function sent(job: UpdateJob, part: number): Promise<void> {
  const isSent = ({ bytesSent, bytesTotal }: UpdateJob['progress']): boolean =>
    bytesSent >= bytesTotal * part;
  await until(() => isSent(job.progress), `${part * 100} % of the push`, patienceMs);
}

/** The same image under another version. */
export function withVersion(image: Buffer, version: string): Buffer {
  const copy = Buffer.from(image);
  const at = copy.indexOf('SLIPWAY-APPINFO\0');
  copy.fill(0, at + 16, at + 48).write(version, at + 16);
  return copy;
}
