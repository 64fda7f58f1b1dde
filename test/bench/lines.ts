/** A line that pushes are measured on. */
export interface Line {
  readonly baudRate: number;
  readonly latencyMs: number;
  readonly corruption?: number;
  readonly writeMsPerKib?: number;
}

/** Least payload ÷ line rate of the product's sender, by block size exponent. */
export interface Target extends Line {
  readonly least: Readonly<Record<number, number>>;
}

export const targets: readonly Target[] = [
  { baudRate: 115_200, latencyMs: 1, least: { 6: 0.965, 4: 0.9 } },
  { baudRate: 115_200, latencyMs: 16, least: { 6: 0.965, 4: 0.9 } },
  { baudRate: 1_000_000, latencyMs: 1, least: { 6: 0.955, 4: 0.88 } },
  { baudRate: 1_000_000, latencyMs: 16, least: { 6: 0.95, 4: 0.6 } },
  { baudRate: 1_000_000, latencyMs: 1, writeMsPerKib: 8, least: { 6: 0.92 } },
  { baudRate: 115_200, latencyMs: 1, corruption: 20, least: { 6: 0.8 } },
];

/** `115200 bit/s, 1 ms, 20 ppm corrupted`. */
export function lineName({ baudRate, latencyMs, corruption, writeMsPerKib }: Line): string {
  const extras = [
    ...(writeMsPerKib ? [`${writeMsPerKib} ms write per KiB`] : []),
    ...(corruption ? [`${corruption} ppm corrupted`] : []),
  ];
  return [`${baudRate} bit/s, ${latencyMs} ms`, ...extras].join(', ');
}
