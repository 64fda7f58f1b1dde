import { SlipwayError } from '../../base/errors';
import { CrleDecoder } from './crle';
import { HeatshrinkDecoder, readHeatshrinkHeader } from './heatshrink';
import { compressions, sequentialType, SizeReader } from './patch-format';

/** What comes out is handed over in pieces of this size, a page of flash. */
const pageSize = 4096;

/** Undoes a compression byte by byte. `push` throws RangeError on what can't be of that compression. */
interface Decompressor {
  push(byte: number, emit: (byte: number) => void): void;
  /** Whether the input may end here. */
  readonly atEnd: boolean;
}

/** What the next byte of the patch, or of what is compressed in it, belongs to. */
type Stage =
  | 'type'
  | 'result-size'
  | 'compression-settings'
  | 'data-format'
  | 'difference-count'
  | 'differences'
  | 'new-count'
  | 'new'
  | 'move'
  | 'end';

/**
 * Applies a sequential patch of detools as a board does: the patch comes in pieces of any size, the base is read where
 * it lies, and the result goes out page by page. Beside these it needs one page and the decompressor's window.
 *
 * The format has no digest of base or result: whoever applies a patch has to check the result.
 */
export class PatchDecoder {
  private stage: Stage = 'type';
  private readonly size = new SizeReader();
  private compression: number = compressions.none;
  private decompressor: Decompressor | undefined;
  private resultSize = 0;
  private produced = 0;
  private remaining = 0;
  private basePosition = 0;
  private readonly page = new Uint8Array(pageSize);
  private readonly emit = (byte: number): void => this.entryByte(byte);

  /**
   * `write` gets the result in order; it must not keep the array. Errors of `push` and `end`: `delta.unsupported`,
   * `delta.too-large` when the result is larger than `limit` bytes, `delta.wrong-base` when the patch reads beyond the
   * base, `delta.malformed` and `delta.truncated`. What was written up to an error is no image.
   */
  constructor(
    private readonly base: Uint8Array,
    private readonly limit: number,
    private readonly write: (page: Uint8Array) => void,
  ) {}

  push(patch: Uint8Array): void {
    for (const byte of patch) {
      if (this.decompressor) this.decompress(byte);
      else this.headerByte(byte);
    }
  }

  /** The patch is complete: hands over the last page. */
  end(): void {
    if (this.stage !== 'end') {
      throw new SlipwayError('delta.truncated', { bytes: this.produced, expected: this.resultSize });
    }
    if (this.decompressor?.atEnd === false) throw malformed('it goes on after its end');
    this.flush();
  }

  private headerByte(byte: number): void {
    switch (this.stage) {
      case 'type':
        this.readType(byte);
        this.stage = 'result-size';
        return;
      case 'result-size': {
        const size = this.readSize(byte);
        if (size === undefined) return;
        if (size < 0) throw malformed('the size of its result is negative');
        if (size > this.limit) throw new SlipwayError('delta.too-large', { bytes: size, limit: this.limit });
        this.resultSize = size;
        if (size === 0) this.stage = 'end';
        else if (this.compression === compressions.heatshrink) this.stage = 'compression-settings';
        else this.begin(this.compression === compressions.crle ? new CrleDecoder() : uncompressed);
        return;
      }
      case 'compression-settings': {
        const settings = readHeatshrinkHeader(byte);
        if (!settings) throw malformed('it has settings that heatshrink doesn’t have');
        this.begin(new HeatshrinkDecoder(settings));
        return;
      }
      default:
        throw malformed('it goes on after its end');
    }
  }

  private readType(header: number): void {
    const type = (header >> 4) & 7;
    if (header >= 0x80) throw malformed('it doesn’t begin like a patch');
    if (type !== sequentialType) {
      throw new SlipwayError('delta.unsupported', { what: `patches of type ${type}` });
    }
    this.compression = header & 0xf;
    if (!(Object.values(compressions) as number[]).includes(this.compression)) {
      throw new SlipwayError('delta.unsupported', { what: `compression ${this.compression}` });
    }
  }

  private begin(decompressor: Decompressor): void {
    this.decompressor = decompressor;
    this.stage = 'data-format';
  }

  private decompress(byte: number): void {
    try {
      this.decompressor!.push(byte, this.emit);
    } catch (error) {
      if (error instanceof RangeError) throw malformed(error.message);
      throw error;
    }
  }

  private entryByte(byte: number): void {
    switch (this.stage) {
      case 'differences':
        if (this.basePosition < 0 || this.basePosition >= this.base.length) {
          throw new SlipwayError('delta.wrong-base', { offset: this.basePosition, bytes: this.base.length });
        }
        this.put(this.base[this.basePosition++]! + byte);
        if (--this.remaining === 0) this.stage = 'new-count';
        return;
      case 'new':
        this.put(byte);
        if (--this.remaining === 0) this.stage = 'move';
        return;
      case 'end':
        throw malformed('it goes on after its end');
      default: {
        const size = this.readSize(byte);
        if (size !== undefined) this.sizeRead(size);
      }
    }
  }

  private sizeRead(size: number): void {
    switch (this.stage) {
      case 'data-format':
        if (size !== 0) throw new SlipwayError('delta.unsupported', { what: 'patches for a data format' });
        this.stage = 'difference-count';
        return;
      case 'difference-count':
        this.expect(size);
        this.stage = size === 0 ? 'new-count' : 'differences';
        return;
      case 'new-count':
        this.expect(size);
        this.stage = size === 0 ? 'move' : 'new';
        return;
      default:
        this.basePosition += size;
        this.stage = this.produced === this.resultSize ? 'end' : 'difference-count';
    }
  }

  private expect(count: number): void {
    if (count < 0 || count > this.resultSize - this.produced) {
      throw malformed('an entry is larger than its result');
    }
    this.remaining = count;
  }

  private readSize(byte: number): number | undefined {
    const size = this.size.push(byte);
    if (size === 'too-large') throw malformed('a size is beyond 34 bits');
    return size;
  }

  private put(byte: number): void {
    this.page[this.produced++ % pageSize] = byte;
    if (this.produced % pageSize === 0) this.write(this.page);
  }

  private flush(): void {
    const rest = this.produced % pageSize;
    if (rest > 0) this.write(this.page.subarray(0, rest));
  }
}

/**
 * The result of applying all of `patch` to `base`, of at most `limit` bytes. Errors as `PatchDecoder`.
 */
export function applyPatch(base: Uint8Array, patch: Uint8Array, limit: number): Uint8Array {
  const pages: Uint8Array[] = [];
  const decoder = new PatchDecoder(base, limit, (page) => pages.push(page.slice()));
  decoder.push(patch);
  decoder.end();
  return Uint8Array.from(Buffer.concat(pages));
}

const uncompressed: Decompressor = { push: (byte, emit) => emit(byte), atEnd: true };

function malformed(reason: string): SlipwayError {
  return new SlipwayError('delta.malformed', { reason });
}
