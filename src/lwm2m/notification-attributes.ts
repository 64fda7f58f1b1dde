import { SlipwayError } from '../base/errors';

/** What a server may ask of notifications by Write-Attributes (LwM2M Core §7.3.2); null takes an attribute away. */
export interface NotificationAttributes {
  /** Shortest and longest time between notifications, s. */
  readonly pmin?: number | null;
  readonly pmax?: number | null;
  /** Thresholds to be crossed, and the least step, of a numeric resource. */
  readonly gt?: number | null;
  readonly lt?: number | null;
  readonly st?: number | null;
  /** Shortest and longest time between evaluations, s (1.1). */
  readonly epmin?: number | null;
  readonly epmax?: number | null;
  /** 1 tells of a boolean that became true, 0 of one that became false (1.2). */
  readonly edge?: 0 | 1 | null;
  /** Whether notifications are confirmable (1.2). */
  readonly con?: 0 | 1 | null;
  /** How many values are kept while notifications can't be sent (1.2). */
  readonly hqmax?: number | null;
}

type Name = keyof NotificationAttributes;

/** The version in which an attribute came, for those that 1.0 has not. */
const since: Readonly<Partial<Record<Name, string>>> = {
  epmin: '1.1',
  epmax: '1.1',
  edge: '1.2',
  con: '1.2',
  hqmax: '1.2',
};

const wholeNumbers: readonly Name[] = ['pmin', 'pmax', 'epmin', 'epmax', 'hqmax'];

/** The lowest version of LwM2M that has all of them. */
export function versionOf(attributes: NotificationAttributes): string {
  const versions = Object.keys(attributes).map((name) => since[name as Name] ?? '1.0');
  return versions.sort().at(-1) ?? '1.0';
}

/**
 * The query of a Write-Attributes: `pmin=5`, and `pmin` alone to take it away. Throws `lwm2m.bad-value` for what the
 * clause does not allow.
 */
export function attributesQuery(path: string, attributes: NotificationAttributes): readonly string[] {
  const fail = (reason: string): never => {
    throw new SlipwayError('lwm2m.bad-value', { path, reason });
  };
  const entries = Object.entries(attributes) as [Name, number | null | undefined][];
  const { gt, lt, st } = attributes;
  if (typeof lt === 'number' && typeof gt === 'number') {
    // §7.3.2: a step must fit twice between the thresholds.
    if (lt + 2 * (st ?? 0) >= gt) fail('lt + 2 · st must be below gt');
  }
  if (typeof st === 'number' && st < 0) fail('st is negative');
  const query = entries
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (value === null || value === undefined) return name;
      if (!Number.isFinite(value)) fail(`${name} is no number`);
      if (wholeNumbers.includes(name) && !(Number.isInteger(value) && value >= 0)) {
        fail(`${name} is no whole number`);
      }
      return `${name}=${decimal(value)}`;
    });
  return query.length > 0 ? query : fail('no attribute');
}

/** Without an exponent, which the grammar of the attributes does not have. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}
