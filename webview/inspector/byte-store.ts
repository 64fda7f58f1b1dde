import type { ByteRange } from '../../src/image/inspection';

/** Bytes are asked for in pieces of this many. */
export const pieceSize = 16 * 1024;

/** Pieces that are kept: 4 MiB. */
const mostPieces = 256;

/** The bytes of a file that the page has been given so far. It asks for a piece once, and forgets the oldest ones. */
export class ByteStore {
  private readonly pieces = new Map<number, Uint8Array | undefined>();

  constructor(
    readonly size: number,
    private readonly ask: (range: ByteRange) => void,
  ) {}

  /** The byte at `offset`; undefined while it is on its way, and beyond the end. */
  at(offset: number): number | undefined {
    return this.pieces.get(Math.floor(offset / pieceSize))?.[offset % pieceSize];
  }

  /** Asks for what of a range is not there. */
  want({ offset, length }: ByteRange): void {
    const end = Math.min(this.size, offset + length);
    for (let piece = Math.floor(offset / pieceSize); piece * pieceSize < end; piece++) {
      if (this.pieces.has(piece)) continue;
      this.pieces.set(piece, undefined);
      const start = piece * pieceSize;
      this.ask({ offset: start, length: Math.min(pieceSize, this.size - start) });
    }
  }

  /** Takes a piece that was asked for. */
  add(offset: number, bytes: Uint8Array): void {
    const piece = offset / pieceSize;
    // Also puts it behind the others: the oldest are dropped first.
    this.pieces.delete(piece);
    this.pieces.set(piece, bytes);
    for (const oldest of this.pieces.keys()) {
      if (this.pieces.size <= mostPieces) break;
      this.pieces.delete(oldest);
    }
  }
}
