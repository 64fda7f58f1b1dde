import type { NotificationAttributes } from '../lwm2m/notification-attributes';

const seconds = /^\d+$/;
const float = /^-?\d+(?:\.\d+)?$/;

/** Attributes that a server may set (LwM2M Core §7.3.2), with their syntax. */
const writable: ReadonlyMap<string, RegExp> = new Map([
  ['pmin', seconds],
  ['pmax', seconds],
  ['epmin', seconds],
  ['epmax', seconds],
  ['gt', float],
  ['lt', float],
  ['st', float],
]);

/** What servers wrote by Write-Attributes, by path. */
export class AttributeStore {
  private readonly byPath = new Map<string, ReadonlyMap<string, string>>();

  /** Takes the query of a Write-Attributes, all or nothing; whether it is one. A name alone takes away. */
  write(path: string, query: readonly string[]): boolean {
    const attributes = new Map(this.byPath.get(path));
    const names = new Set(query.map((item) => item.split('=')[0]));
    if (names.size !== query.length) return false;
    for (const item of query) {
      const [name = '', ...rest] = item.split('=');
      const syntax = writable.get(name);
      if (!syntax) return false;
      if (rest.length === 0) attributes.delete(name);
      else if (syntax.test(rest.join('='))) attributes.set(name, rest.join('='));
      else return false;
    }
    const [lt, gt, st] = ['lt', 'gt', 'st'].map((name) => Number(attributes.get(name) ?? NaN));
    // §7.3.2: a step must fit twice between the thresholds.
    if (lt! + 2 * (st! || 0) >= gt!) return false;
    this.byPath.set(path, attributes);
    return query.length > 0;
  }

  at(path: string): ReadonlyMap<string, string> {
    return this.byPath.get(path) ?? new Map();
  }

  /** What holds for `path`: its own, else those of what it lies in (§7.3.2, “Attributes Classification”). */
  effective(path: string): NotificationAttributes {
    const levels = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
    const merged = new Map(levels.flatMap((level) => [...this.at(level)]));
    return Object.fromEntries([...merged].map(([name, value]) => [name, Number(value)]));
  }
}
