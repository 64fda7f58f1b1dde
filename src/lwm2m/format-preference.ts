import type { Registration } from './board';
import { ContentFormat } from './content-format';
import { pathIds } from './path';
import type { ResourceValue } from './values';

/** A format to ask for with Accept; undefined asks for none, and the board chooses. */
export type ReadFormat = number | undefined;

/**
 * Answers that may mean "not in this format": 4.06 Not Acceptable, 4.15 Unsupported Content-Format; 4.02 Bad Option
 * from a stack that does not know Accept (RFC 7252 §5.4.1); 4.00 from those that take the payload apart first.
 */
const READ_REFUSALS: ReadonlySet<string> = new Set(['4.02', '4.06']);
const WRITE_REFUSALS: ReadonlySet<string> = new Set(['4.00', '4.02', '4.06', '4.15']);

export function isReadRefusal(code: string): boolean {
  return READ_REFUSALS.has(code);
}

export function isWriteRefusal(code: string): boolean {
  return WRITE_REFUSALS.has(code);
}

/** What is remembered of a board: clients differ between one resource and larger parts, and by kind of value. */
type Level = 'read resource' | 'read more' | 'write opaque' | 'write other' | 'write many' | 'composite';

const { senmlCbor, senmlJson, tlv, json, lwm2mCbor } = ContentFormat;

/** Formats of many values, best first (LwM2M Core §7.4 of each version). */
const structuredByVersion: ReadonlyMap<string, readonly number[]> = new Map([
  ['1.0', [tlv, json]],
  ['1.1', [senmlCbor, senmlJson, tlv]],
  ['1.2', [senmlCbor, lwm2mCbor, senmlJson, tlv]],
]);

/** Formats of the composite operations (LwM2M Core §6.3.9, §6.3.10). */
const composite: readonly number[] = [senmlCbor, lwm2mCbor, senmlJson];

/** Which formats to try with one board, best first; the one that worked comes first from then on. */
export class FormatPreference {
  private readonly worked = new Map<Level, ReadFormat>();

  constructor(private readonly registration: Pick<Registration, 'lwm2mVersion' | 'contentFormats'>) {}

  /** Whether it was made for a client that announces the same. */
  suits(registration: Pick<Registration, 'lwm2mVersion' | 'contentFormats'>): boolean {
    return (
      registration.lwm2mVersion === this.registration.lwm2mVersion &&
      registration.contentFormats.join() === this.registration.contentFormats.join()
    );
  }

  forRead(path: string): readonly ReadFormat[] {
    const level = readLevel(path);
    const single = level === 'read resource' ? [ContentFormat.text] : [];
    return this.rememberedFirst(level, [...this.structured(), ...single, undefined]);
  }

  readWorked(path: string, format: ReadFormat): void {
    this.worked.set(readLevel(path), format);
  }

  forWrite(value: ResourceValue): readonly number[] {
    const plain = value instanceof Uint8Array ? ContentFormat.opaque : ContentFormat.text;
    const order = this.rememberedFirst(writeLevel(value), [plain, ...this.structured()]);
    return order.filter((format) => format !== undefined);
  }

  writeWorked(value: ResourceValue, format: number): void {
    this.worked.set(writeLevel(value), format);
  }

  /** For values of several resources. */
  forWriteAll(): readonly number[] {
    return this.rememberedFirst('write many', this.structured()).filter((format) => format !== undefined);
  }

  writeAllWorked(format: number): void {
    this.worked.set('write many', format);
  }

  /** For Read-Composite, Write-Composite and Observe-Composite: those that carry paths from anywhere. */
  forComposite(): readonly number[] {
    const order = this.structured().filter((format) => composite.includes(format));
    return this.rememberedFirst('composite', order).filter((format) => format !== undefined);
  }

  compositeWorked(format: number): void {
    this.worked.set('composite', format);
  }

  /**
   * Formats of many values: those the client announced, then the others; version 1.0 announces none.
   */
  private structured(): readonly number[] {
    const { lwm2mVersion, contentFormats } = this.registration;
    const known = structuredByVersion.get(lwm2mVersion) ?? [];
    if (lwm2mVersion === '1.0') return known;
    const announced = known.filter((format) => contentFormats.includes(format));
    return [...announced, ...known.filter((format) => !announced.includes(format))];
  }

  private rememberedFirst(level: Level, formats: readonly ReadFormat[]): readonly ReadFormat[] {
    if (!this.worked.has(level)) return formats;
    const first = this.worked.get(level);
    return [first, ...formats.filter((format) => format !== first)];
  }
}

function readLevel(path: string): Level {
  return (pathIds(path)?.length ?? 0) >= 3 ? 'read resource' : 'read more';
}

function writeLevel(value: ResourceValue): Level {
  return value instanceof Uint8Array ? 'write opaque' : 'write other';
}

/**
 * Calls `attempt` with one format after the other until one is not refused, and tells `worked` of it. Rejects with
 * the last refusal, or at once with any other error.
 */
export async function negotiate<F, T>(
  formats: readonly F[],
  attempt: (format: F) => Promise<T>,
  isRefusal: (error: unknown) => boolean,
  worked: (format: F) => void,
): Promise<T> {
  let refusal: unknown;
  for (const format of formats) {
    try {
      const result = await attempt(format);
      worked(format);
      return result;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}
