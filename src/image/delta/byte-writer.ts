/** Bytes that grow at their end. */
export class ByteWriter {
  private bytes: Uint8Array;
  private size = 0;

  constructor(expectedBytes = 1024) {
    this.bytes = new Uint8Array(expectedBytes);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.size++] = value;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.size);
    this.size += bytes.length;
  }

  /** What was written; a view that the next write may leave behind. */
  result(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  private reserve(count: number): void {
    if (this.size + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.size + count, this.bytes.length * 2));
    larger.set(this.result());
    this.bytes = larger;
  }
}
