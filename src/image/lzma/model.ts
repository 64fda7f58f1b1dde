/**
 * What coder and decoder of LZMA share: the probabilities and the states (the LZMA SDK’s
 * lzma-specification.txt, draft of 2015). All probabilities lie in one array; these are the offsets in it.
 */
export interface LzmaProperties {
  /** High bits of the byte before that choose a literal’s probabilities; with `lp` at most 4 (LZMA2). */
  readonly lc: number;
  /** Low bits of the position that choose them as well. */
  readonly lp: number;
  /** Low bits of the position that choose everything else’s. */
  readonly pb: number;
}

export const stateCount = 12;
export const posStatesMax = 16;
export const matchMinLength = 2;
export const matchMaxLength = 273;
/** A state from here on says that the last packet was no literal. */
export const firstStateAfterMatch = 7;

const lengthProbs = 2 + posStatesMax * 16 + 256;

export const isMatchAt = 0;
export const isRepAt = isMatchAt + stateCount * posStatesMax;
export const isRepG0At = isRepAt + stateCount;
export const isRepG1At = isRepG0At + stateCount;
export const isRepG2At = isRepG1At + stateCount;
export const isRep0LongAt = isRepG2At + stateCount;
export const posSlotAt = isRep0LongAt + stateCount * posStatesMax;
export const posSpecialAt = posSlotAt + 4 * 64;
export const alignAt = posSpecialAt + 128;
export const matchLengthAt = alignAt + 16;
export const repLengthAt = matchLengthAt + lengthProbs;
export const literalAt = repLengthAt + lengthProbs;

/** Within the probabilities of a length: two choices, then the trees for 2–9, 10–17 and 18–273. */
export const lengthLow = 2;
export const lengthMid = lengthLow + posStatesMax * 8;
export const lengthHigh = lengthMid + posStatesMax * 8;

/** Probabilities have 11 bits and move by 1/32 of the way. */
export const probBits = 11;
export const probMoveBits = 5;
const probInitial = 1 << (probBits - 1);

export function newProbs({ lc, lp }: LzmaProperties): Uint16Array {
  return new Uint16Array(literalAt + (0x300 << (lc + lp))).fill(probInitial);
}

/** Where the probabilities of a literal are. */
export function literalProbsAt({ lc, lp }: LzmaProperties, position: number, before: number): number {
  return literalAt + 0x300 * (((position & ((1 << lp) - 1)) << lc) + (before >> (8 - lc)));
}

export function stateAfterLiteral(state: number): number {
  if (state < 4) return 0;
  return state < 10 ? state - 3 : state - 6;
}
export function stateAfterMatch(state: number): number {
  return state < firstStateAfterMatch ? 7 : 10;
}
export function stateAfterRep(state: number): number {
  return state < firstStateAfterMatch ? 8 : 11;
}
export function stateAfterShortRep(state: number): number {
  return state < firstStateAfterMatch ? 9 : 11;
}

/** Which of four trees codes the slot of a distance, by the match’s length. */
export function lengthToPosState(length: number): number {
  return Math.min(length - matchMinLength, 3);
}
