/**
 * Whether a version comes before another: by numbers between dots, then a pre-release before its release (Semantic
 * Versioning 2.0.0 §11); build metadata after `+` counts as MCUboot's build number where it is one. Undefined for
 * versions that are no such numbers, which nobody can put in order.
 */
export function isOlder(version: string, than: string): boolean | undefined {
  const [a, b] = [parse(version), parse(than)];
  if (!a || !b) return undefined;
  const length = Math.max(a.numbers.length, b.numbers.length);
  for (let index = 0; index < length; index++) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  if (a.preRelease !== b.preRelease) {
    if (a.preRelease === '' || b.preRelease === '') return b.preRelease === '';
    return comparePreReleases(a.preRelease, b.preRelease) < 0;
  }
  return a.build < b.build;
}

interface Version {
  readonly numbers: readonly number[];
  readonly preRelease: string;
  readonly build: number;
}

function parse(text: string): Version | undefined {
  const match = /^v?(\d+(?:\.\d+){1,3})(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, numbers = '', preRelease = '', build = ''] = match;
  return {
    numbers: numbers.split('.').map(Number),
    preRelease,
    build: /^\d+$/.test(build) ? Number(build) : 0,
  };
}

/** Identifiers one by one: numbers by value and before words, words by their characters. */
function comparePreReleases(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [x, y] = [left[index], right[index]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [isNumberX, isNumberY] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (isNumberX && isNumberY) return Number(x) - Number(y);
    if (isNumberX !== isNumberY) return isNumberX ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}
