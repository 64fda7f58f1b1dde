import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import { toUpdatePackage, writePackage } from './package-file';
import { runningVersion } from './running-version';
import type { UpdatePackage } from './types';

/** What began longer ago is not gone on with unasked, ms. */
const maxAgeMs = 60 * 60 * 1000;

const extension = '.unfinished';

interface Header {
  readonly board: string;
  readonly name: string;
  /** What the board ran, as far as that was known. */
  readonly ranVersion?: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** An update that was cut short. */
export interface UnfinishedUpdate {
  readonly package: UpdatePackage;
  readonly ranVersion?: string;
}

/**
 * Packages on their way, so that an update that the end of the editor cut short can be gone on with at its next start:
 * in `folder` a file a board, a line of JSON and the package behind it. What goes wrong with a file is logged: an
 * update can do without.
 */
export class UnfinishedUpdates implements Disposable {
  private isEnding = false;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly log: Log,
    /** Boards of what the end before left. */
    private readonly left: Set<string>,
  ) {}

  /** Finds what was left behind. Never rejects. */
  static async open(folder: string, clock: Clock, log: Log): Promise<UnfinishedUpdates> {
    const left = new Set<string>();
    for (const name of await namesIn(folder, log)) {
      if (!name.endsWith(extension)) continue;
      const file = join(folder, name);
      const header = parse(await readFile(file).catch(() => Buffer.alloc(0)))?.header;
      const age = header ? clock.wallTime() - header.startedAt : Infinity;
      if (header && age >= 0 && age <= maxAgeMs) left.add(header.board);
      else await rm(file, { force: true }).catch((error: unknown) => log.warn(`${file}: ${String(error)}`));
    }
    return new UnfinishedUpdates(folder, clock, log, left);
  }

  /** A run begins. */
  keep(
    { endpoint: board, values }: Pick<Board, 'endpoint' | 'values'>,
    { name, bytes }: UpdatePackage,
  ): void {
    this.left.delete(board);
    const ranVersion = runningVersion(values);
    const startedAt = this.clock.wallTime();
    const header: Header = { board, name, startedAt, ...(ranVersion !== undefined && { ranVersion }) };
    this.enqueue(async () => {
      await mkdir(this.folder, { recursive: true });
      await writePackage(
        this.fileOf(board),
        Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bytes]),
      );
    });
  }

  /** A run ended, or is not gone on with; one that the end of the editor ends stays. */
  forget(board: string): void {
    if (this.isEnding) return;
    this.enqueue(() => rm(this.fileOf(board), { force: true }));
  }

  /**
   * What the board was being given when the editor ended, once; undefined where that is nothing. It stays in the folder
   * until `forget`, or another run of the board.
   */
  async take(board: string): Promise<UnfinishedUpdate | undefined> {
    if (!this.left.delete(board)) return undefined;
    const content = parse(await readFile(this.fileOf(board)).catch(() => Buffer.alloc(0)));
    try {
      if (content?.header.board !== board) throw new Error('its file is gone');
      const { name, ranVersion } = content.header;
      return {
        package: toUpdatePackage(name, content.bytes),
        ...(ranVersion !== undefined && { ranVersion }),
      };
    } catch (error) {
      this.log.warn(`${board}: what was left of its update is damaged: ${String(error)}`);
      this.forget(board);
      return undefined;
    }
  }

  /** Resolves when everything so far is in the folder. */
  flush(): Promise<void> {
    return this.writing;
  }

  /** From now on runs end with the editor, and are there to be gone on with. */
  dispose(): void {
    this.isEnding = true;
  }

  private enqueue(work: () => Promise<void>): void {
    this.writing = this.writing
      .then(work)
      .catch((error: unknown) => this.log.warn(`an unfinished update could not be kept: ${String(error)}`));
  }

  /** Names of boards are anything; those of files are not. */
  private fileOf(board: string): string {
    return join(this.folder, createHash('sha256').update(board).digest('hex') + extension);
  }
}

/** Names of the files in a folder; none where there is no such folder, or it can't be read. */
async function namesIn(folder: string, log: Log): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn(`${folder}: ${String(error)}`);
    return [];
  }
}

function parse(content: Buffer): { readonly header: Header; readonly bytes: Uint8Array } | undefined {
  const end = content.indexOf('\n');
  if (end < 0) return undefined;
  try {
    const header = JSON.parse(content.toString('utf8', 0, end)) as Partial<Header> | null;
    const { board, name, ranVersion, startedAt } = header ?? {};
    if (typeof board !== 'string' || typeof name !== 'string' || typeof startedAt !== 'number') {
      return undefined;
    }
    const ran = typeof ranVersion === 'string' ? { ranVersion } : {};
    return { header: { board, name, startedAt, ...ran }, bytes: new Uint8Array(content.subarray(end + 1)) };
  } catch {
    return undefined;
  }
}
