import { ByteWriter } from './byte-writer';
import { Matcher } from './match';
import { writeSize } from './patch-format';

/** A match elsewhere has to hold this many bytes more than going on where we are. */
const worthwhile = 8;

/**
 * The entries of a patch that makes `target` of `base`, uncompressed (see patch-format.ts), by Colin Percival's bsdiff
 * (“Naive Differences of Executable Code”, 2003): regions that are nearly equal become differences, mostly zeros.
 */
export function patchEntries(base: Buffer, target: Buffer): Uint8Array {
  const matcher = new Matcher(base, target);
  const writer = new ByteWriter(target.length + 1024);
  /** Where the entry before ends, in both; its match goes on with `base[at + offset]` for `target[at]`. */
  let entry: Place = { inTarget: 0, inBase: 0 };
  let offset = 0;
  let at = 0;
  let length = 0;
  while (at < target.length) {
    at += length;
    // How many of the bytes that the new match holds the old one holds as well.
    let held = 0;
    let counted = at;
    for (; at < target.length; at++) {
      length = matcher.longestAt(at);
      for (; counted < at + length; counted++) held += isHeld(base, target, counted, offset);
      if ((length === held && length > 0) || length > held + worthwhile) break;
      held -= isHeld(base, target, at, offset);
    }
    // Where the old match is as good, it goes on.
    if (length === held && at < target.length) continue;
    entry = writeEntry(writer, base, target, entry, { inTarget: at, inBase: matcher.position });
    offset = matcher.position - at;
  }
  return writer.result();
}

interface Place {
  readonly inTarget: number;
  readonly inBase: number;
}

function isHeld(base: Buffer, target: Buffer, at: number, offset: number): 0 | 1 {
  return at + offset < base.length && base[at + offset] === target[at] ? 1 : 0;
}

/** Writes what lies between two matches: the first goes on as long as it fits, the second begins as early. */
function writeEntry(writer: ByteWriter, base: Buffer, target: Buffer, from: Place, match: Place): Place {
  let forward = reachForward(base, target, from, match.inTarget);
  let backward = match.inTarget < target.length ? reachBackward(base, target, from, match) : 0;
  const overlap = from.inTarget + forward - (match.inTarget - backward);
  if (overlap > 0) {
    const kept = bestSplit(base, target, from, match, forward, backward, overlap);
    forward += kept - overlap;
    backward -= kept;
  }
  const next: Place = { inTarget: match.inTarget - backward, inBase: match.inBase - backward };
  writeSize(writer, forward);
  for (let index = 0; index < forward; index++) {
    writer.byte(target[from.inTarget + index]! - base[from.inBase + index]!);
  }
  const extra = target.subarray(from.inTarget + forward, next.inTarget);
  writeSize(writer, extra.length);
  writer.append(extra);
  writeSize(writer, next.inBase - (from.inBase + forward));
  return next;
}

/** How far on from a place more than half of the bytes are equal. */
function reachForward(base: Buffer, target: Buffer, from: Place, end: number): number {
  let [equal, bestScore, best] = [0, 0, 0];
  for (let index = 0; from.inTarget + index < end && from.inBase + index < base.length;) {
    if (base[from.inBase + index] === target[from.inTarget + index]) equal++;
    index++;
    const score = equal * 2 - index;
    if (score > bestScore) [bestScore, best] = [score, index];
  }
  return best;
}

/** How far back before a match more than half of the bytes are equal, not beyond `from`. */
function reachBackward(base: Buffer, target: Buffer, from: Place, match: Place): number {
  let [equal, bestScore, best] = [0, 0, 0];
  for (let index = 1; match.inTarget >= from.inTarget + index && match.inBase >= index; index++) {
    if (base[match.inBase - index] === target[match.inTarget - index]) equal++;
    const score = equal * 2 - index;
    if (score > bestScore) [bestScore, best] = [score, index];
  }
  return best;
}

/** How much of an overlap is better left to the match before it. */
function bestSplit(
  base: Buffer,
  target: Buffer,
  from: Place,
  match: Place,
  forward: number,
  backward: number,
  overlap: number,
): number {
  let [score, bestScore, best] = [0, 0, 0];
  for (let index = 0; index < overlap; index++) {
    const earlier = forward - overlap + index;
    if (target[from.inTarget + earlier] === base[from.inBase + earlier]) score++;
    const later = index - backward;
    if (target[match.inTarget + later] === base[match.inBase + later]) score--;
    if (score > bestScore) [bestScore, best] = [score, index + 1];
  }
  return best;
}
