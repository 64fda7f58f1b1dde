/** Below this many symbols sorting outright is faster than inducing. */
const smallSize = 16;

/**
 * The suffix array of `bytes`: the start of every suffix, the empty one included, in the order of the suffixes. Linear
 * in time and space (SA-IS: Nong, Zhang and Chan, “Linear Suffix Array Construction by Almost Pure Induced-Sorting”,
 * 2009), some 20 bytes of memory for each byte.
 */
export function suffixArray(bytes: Uint8Array): Int32Array {
  const sorted = new Int32Array(bytes.length + 1);
  sorted[0] = bytes.length;
  sorted.set(sortSuffixes(bytes, 256), 1);
  return sorted;
}

/** Suffixes of a text of symbols 0 … `alphabet` − 1; a suffix that ends is smaller than what goes on. */
function sortSuffixes(text: Uint8Array | Int32Array, alphabet: number): Int32Array {
  const size = text.length;
  if (size < smallSize) return sortOutright(text);
  const types = classify(text);
  const buckets = bucketsOf(text, types, alphabet);
  const sorted = new Int32Array(size);

  const starts = leftmost(types);
  induce(sorted, text, types, buckets, starts);
  const { names, count } = nameStarts(sorted, text, types, starts);
  if (count < starts.length) {
    const order = sortSuffixes(names, count);
    induce(
      sorted,
      text,
      types,
      buckets,
      Int32Array.from(order, (index) => starts[index]!),
    );
  } else {
    const order = new Int32Array(count);
    names.forEach((name, index) => (order[name] = starts[index]!));
    induce(sorted, text, types, buckets, order);
  }
  return sorted;
}

/** 1 for a suffix that is smaller than the one after it (type S), 0 for a larger one (type L). */
function classify(text: Uint8Array | Int32Array): Uint8Array {
  const types = new Uint8Array(text.length);
  for (let at = text.length - 2; at >= 0; at--) {
    const symbol = text[at]!;
    const next = text[at + 1]!;
    types[at] = symbol === next ? types[at + 1]! : symbol < next ? 1 : 0;
  }
  return types;
}

/** The places where an S follows an L: only these (LMS) suffixes have to be sorted, the rest follows. */
function leftmost(types: Uint8Array): Int32Array {
  let count = 0;
  for (let at = 1; at < types.length; at++) count += isLeftmost(types, at) ? 1 : 0;
  const starts = new Int32Array(count);
  for (let at = 1, index = 0; at < types.length; at++) if (isLeftmost(types, at)) starts[index++] = at;
  return starts;
}

function isLeftmost(types: Uint8Array, at: number): boolean {
  return at > 0 && types[at] === 1 && types[at - 1] === 0;
}

/** Where in the array the suffixes of each first symbol begin: those of type L, and behind them those of type S. */
interface Buckets {
  readonly larger: Int32Array;
  readonly smaller: Int32Array;
}

function bucketsOf(text: Uint8Array | Int32Array, types: Uint8Array, alphabet: number): Buckets {
  const larger = new Int32Array(alphabet + 1);
  const smaller = new Int32Array(alphabet + 1);
  // A symbol's S suffixes begin behind its L suffixes, the next symbol's L suffixes behind those.
  for (let at = 0; at < text.length; at++) {
    if (types[at] === 0) smaller[text[at]!]!++;
    else larger[text[at]! + 1]!++;
  }
  for (let symbol = 0; symbol <= alphabet; symbol++) {
    smaller[symbol]! += larger[symbol]!;
    if (symbol < alphabet) larger[symbol + 1]! += smaller[symbol]!;
  }
  return { larger, smaller };
}

/** Places the LMS suffixes in the given order, and from them every L, then every S suffix. */
function induce(
  sorted: Int32Array,
  text: Uint8Array | Int32Array,
  types: Uint8Array,
  { larger, smaller }: Buckets,
  starts: Int32Array,
): void {
  const size = text.length;
  sorted.fill(-1);
  const next = Int32Array.from(smaller);
  for (const start of starts) sorted[next[text[start]!]!++] = start;
  next.set(larger);
  sorted[next[text[size - 1]!]!++] = size - 1;
  for (let index = 0; index < size; index++) {
    const before = sorted[index]! - 1;
    if (before >= 0 && types[before] === 0) sorted[next[text[before]!]!++] = before;
  }
  next.set(larger);
  for (let index = size - 1; index >= 0; index--) {
    const before = sorted[index]! - 1;
    if (before >= 0 && types[before] === 1) sorted[--next[text[before]! + 1]!] = before;
  }
}

/** Numbers the LMS substrings by their order; equal ones get the same number. */
function nameStarts(
  sorted: Int32Array,
  text: Uint8Array | Int32Array,
  types: Uint8Array,
  starts: Int32Array,
): { readonly names: Int32Array; readonly count: number } {
  const indexOf = new Int32Array(text.length).fill(-1);
  starts.forEach((start, index) => (indexOf[start] = index));
  const names = new Int32Array(starts.length);
  let count = 0;
  let previous = -1;
  for (const start of sorted) {
    if (start < 0 || indexOf[start]! < 0) continue;
    const end = starts[indexOf[start]! + 1] ?? text.length;
    if (previous >= 0) {
      const previousEnd = starts[indexOf[previous]! + 1] ?? text.length;
      if (!sameSubstring(text, previous, previousEnd, start, end)) count++;
    }
    names[indexOf[start]!] = count;
    previous = start;
  }
  return { names, count: starts.length === 0 ? 0 : count + 1 };
}

/** Whether two LMS substrings, the first symbols of the following ones included, are equal. */
function sameSubstring(
  text: Uint8Array | Int32Array,
  a: number,
  aEnd: number,
  b: number,
  bEnd: number,
): boolean {
  if (aEnd - a !== bEnd - b || aEnd === text.length || bEnd === text.length) return false;
  for (let offset = 0; offset <= aEnd - a; offset++) {
    if (text[a + offset] !== text[b + offset]) return false;
  }
  return true;
}

function sortOutright(text: Uint8Array | Int32Array): Int32Array {
  return Int32Array.from(text.keys()).sort((a, b) => {
    while (a < text.length && b < text.length && text[a] === text[b]) {
      a++;
      b++;
    }
    return a < text.length && b < text.length ? text[a]! - text[b]! : b - a;
  });
}
