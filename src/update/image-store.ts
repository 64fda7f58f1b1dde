import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock';
import type { Log } from '../base/log';

/** An image that was pushed, as the store lists it. */
export interface StoredImage {
  /** Lower-case hex of SHA-256. */
  readonly sha256: string;
  readonly bytes: number;
  /** The version that a board reports when it runs this image, if it is known. */
  readonly version?: string;
  /** When it was last kept, ms since the epoch. */
  readonly keptAt: number;
}

export interface StoreLimits {
  readonly images: number;
  readonly bytes: number;
}

/** Enough for the boards of a desk, with some versions of each. */
export const defaultStoreLimits: StoreLimits = { images: 16, bytes: 32 * 1024 * 1024 };

/** A file is a line of JSON, at most this long, and the image behind it. */
const maxHeaderBytes = 1024;
const maxVersionLength = 256;

interface Header {
  readonly version?: string;
}

/**
 * Keeps the images that were pushed last, as bases for patches, in a folder outside the workspace: one file each, under
 * the name of its digest, written in one step. Beyond the limits the ones kept longest ago go. An image that doesn't
 * fit its digest any more is removed when it is read. Errors: those of the file system; a push can do without a store.
 */
export class ImageStore {
  constructor(
    private readonly folder: string,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly limits: StoreLimits = defaultStoreLimits,
  ) {}

  /** Keeps an image; one that is there already becomes the newest. An image larger than the store isn't kept. */
  async keep(image: Uint8Array, version?: string): Promise<void> {
    if (image.length > this.limits.bytes) {
      this.log.info(`an image of ${image.length} bytes is too large to be kept as a base for patches`);
      return;
    }
    const header: Header = version === undefined || version.length > maxVersionLength ? {} : { version };
    await mkdir(this.folder, { recursive: true });
    const file = this.fileOf(createHash('sha256').update(image).digest('hex'));
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), image]));
      const now = this.clock.wallTime() / 1000;
      await utimes(temporary, now, now);
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    await this.evict();
  }

  /** What is kept, the newest first. */
  async list(): Promise<readonly StoredImage[]> {
    let names: string[];
    try {
      names = await readdir(this.folder);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
    const digests = names.flatMap((name) => /^([0-9a-f]{64})\.image$/.exec(name)?.[1] ?? []);
    const images = await Promise.all(digests.map((digest) => this.look(digest)));
    return images.filter((image) => image !== undefined).sort((a, b) => b.keptAt - a.keptAt);
  }

  /** The bytes of an image; undefined if it isn't there any more, or was damaged. */
  async read({ sha256 }: StoredImage): Promise<Uint8Array | undefined> {
    let content: Buffer;
    try {
      content = await readFile(this.fileOf(sha256));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const image = content.subarray(content.indexOf('\n') + 1);
    if (createHash('sha256').update(image).digest('hex') === sha256) return new Uint8Array(image);
    await this.drop(sha256);
    return undefined;
  }

  private async look(sha256: string): Promise<StoredImage | undefined> {
    try {
      const handle = await open(this.fileOf(sha256), 'r');
      try {
        const { size, mtimeMs } = await handle.stat();
        const start = (await handle.read(Buffer.alloc(maxHeaderBytes), 0, maxHeaderBytes, 0)).buffer;
        const end = start.indexOf('\n');
        const header = end < 0 ? undefined : parseHeader(start.toString('utf8', 0, end));
        if (header) return { sha256, bytes: size - end - 1, keptAt: mtimeMs, ...header };
      } finally {
        await handle.close();
      }
    } catch (error) {
      // Another window's store may have dropped it meanwhile.
      if (isMissing(error)) return undefined;
      throw error;
    }
    await this.drop(sha256);
    return undefined;
  }

  private async evict(): Promise<void> {
    let [images, bytes] = [0, 0];
    for (const image of await this.list()) {
      images++;
      bytes += image.bytes;
      if (images > this.limits.images || bytes > this.limits.bytes) {
        await rm(this.fileOf(image.sha256), { force: true });
      }
    }
  }

  private async drop(sha256: string): Promise<void> {
    this.log.warn(`the kept image ${sha256} was damaged and is removed`);
    await rm(this.fileOf(sha256), { force: true });
  }

  private fileOf(sha256: string): string {
    return join(this.folder, `${sha256}.image`);
  }
}

function parseHeader(text: string): Header | undefined {
  try {
    const value = JSON.parse(text) as { version?: unknown } | null;
    if (typeof value !== 'object' || value === null) return undefined;
    return typeof value.version === 'string' ? { version: value.version } : {};
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
