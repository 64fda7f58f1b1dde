import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { BoardPolicy } from '../board/bootloader';
import { EmulatedBoard } from '../emulator/emulated-board';
import { type BoardIdentity, makeFlash, provisionFlash } from '../emulator/flash-file';
import type { Connections } from './connections';

/** The firmware project that an emulated board belongs to, by its settings. */
export interface BoardProject {
  readonly folder: string;
  /** Files of the bootloader (ELF) and of the image that the factory puts on the board. */
  readonly bootloader: string;
  readonly factoryImage: string;
  /** Program of the emulator. */
  readonly qemu: string;
  /** How long a new image has to register before it is rolled back, s. */
  readonly confirmSeconds: number;
}

export interface ProjectBoardOptions {
  readonly connections: Connections;
  readonly log: Log;
  /** Throws `build.no-folder` where there is no project, `build.untrusted` where it must not be run. */
  readonly project: () => BoardProject;
  /** Makes the bootloader and the first image. Rejects as a build does. */
  readonly build: () => Promise<unknown>;
  /** The file that is the board's flash. */
  readonly flash: string;
  /** What the board judges packages by. */
  readonly policy: BoardPolicy;
}

/** Endpoint name of the emulated board. */
const endpoint = 'emulated-board';

/** The emulated board of the workspace's firmware project: one, with its flash kept from one start to the next. */
export class ProjectBoard implements Disposable {
  private board: EmulatedBoard | undefined;
  private starting: Promise<void> | undefined;
  private link: string | undefined;
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly failed = new Emitter<SlipwayError>();
  /** The emulator ended by itself. */
  readonly onDidFail = this.failed.event;

  constructor(private readonly options: ProjectBoardOptions) {}

  get running(): boolean {
    return this.board !== undefined;
  }

  /** Whether that link leads to the emulated board. */
  owns(link: string): boolean {
    return link === this.link;
  }

  /**
   * Powers the board on, as it was when it lost power, or fresh from the factory the first time; builds its firmware
   * first if that isn't there. Gives its endpoint name. Rejects as the build and `EmulatedBoard.start`, `emulator.flash`,
   * and `emulator.no-firmware` when the build makes none.
   */
  async start(): Promise<string> {
    this.starting ??= this.powerOn().finally(() => (this.starting = undefined));
    await this.starting;
    return endpoint;
  }

  /** Cuts the board's power and takes its line away. */
  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    const { board } = this;
    this.takeAway();
    await board?.powerOff();
    board?.dispose();
  }

  /** Brings the flash back to what the factory would deliver now; a board that runs starts from it. Rejects as `start`. */
  async erase(): Promise<void> {
    const wasRunning = this.running;
    await this.stop();
    await this.deliver(this.options.project());
    if (wasRunning) await this.start();
  }

  /**
   * Lets the board trust the workspace's key, vendor and class as they are now: its flash is mapped into the emulator,
   * so one that runs sees it at once. Rejects `emulator.flash`.
   */
  async provision(): Promise<void> {
    if (this.board) await provisionFlash(this.options.flash, this.identity(this.options.project()));
  }

  dispose(): void {
    this.board?.dispose();
    this.takeAway();
    this.changed.dispose();
    this.failed.dispose();
  }

  private async powerOn(): Promise<void> {
    if (this.board) return;
    const { connections, flash, log } = this.options;
    const project = this.options.project();
    await this.firmware(project);
    const isThere = await provisionFlash(flash, this.identity(project));
    if (!isThere) await this.deliver(project);
    const { qemu, bootloader } = project;
    const board = await EmulatedBoard.start({ qemu, bootloader, flash, log });
    board.onDidEnd((error) => {
      this.takeAway();
      board.dispose();
      this.failed.fire(error);
    });
    this.board = board;
    // Before anyone is told of the link: whose it is decides how it is shown.
    this.link = board.address;
    connections.connect(board.address);
    this.changed.fire();
  }

  /** A flash as from the factory. */
  private async deliver(project: BoardProject): Promise<void> {
    await makeFlash(this.options.flash, await this.firmware(project), this.identity(project));
  }

  /** The factory's image; builds it and the bootloader if one of them is missing. */
  private async firmware({ bootloader, factoryImage }: BoardProject): Promise<Uint8Array> {
    if (!existsSync(bootloader) || !existsSync(factoryImage)) await this.options.build();
    if (!existsSync(bootloader)) throw new SlipwayError('emulator.no-firmware', { file: bootloader });
    try {
      return await readFile(factoryImage);
    } catch (cause) {
      throw new SlipwayError('emulator.no-firmware', { file: factoryImage }, { cause });
    }
  }

  private identity({ confirmSeconds }: BoardProject): BoardIdentity {
    const { trustAnchors, vendorId, classId } = this.options.policy;
    return { trustAnchors, vendorId, classId, endpoint, confirmSeconds };
  }

  private takeAway(): void {
    this.board = undefined;
    if (this.link === undefined) return;
    this.options.connections.disconnect(this.link);
    this.link = undefined;
    this.changed.fire();
  }
}
