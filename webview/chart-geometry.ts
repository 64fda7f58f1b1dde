import type { ThroughputSample } from '../src/ui/panel-protocol';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A line of the grid: where it lies, in CSS pixels from top or left, and what it says. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface ChartGeometry {
  readonly plot: {
    readonly left: number;
    readonly top: number;
    readonly right: number;
    readonly bottom: number;
  };
  /** Path data of the curve, and of the area under it; empty without samples. */
  readonly line: string;
  readonly area: string;
  /** Where the last sample lies. */
  readonly last?: readonly [x: number, y: number];
  readonly rates: readonly Tick[];
  readonly times: readonly Tick[];
}

const margin = { left: 64, top: 10, right: 14, bottom: 24 };
/** More points than a chart has pixels cost time and show nothing. */
const pixelsPerPoint = 2;

/** Lays the samples of a push out in a chart of `size`. Samples are in the order of time. */
export function chartGeometry(samples: readonly ThroughputSample[], size: Size): ChartGeometry {
  const plot = {
    left: margin.left,
    top: margin.top,
    right: Math.max(margin.left + 1, size.width - margin.right),
    bottom: Math.max(margin.top + 1, size.height - margin.bottom),
  };
  const longest = samples.reduce((most, [elapsed]) => Math.max(most, elapsed), 0);
  const fastest = samples.reduce((most, [, rate]) => Math.max(most, rate), 0);
  const seconds = niceScale(
    Math.max(longest / 1000, 1),
    Math.max(2, Math.floor((plot.right - plot.left) / 90)),
  );
  const rates = niceScale(Math.max(fastest, 1), 3);

  const spanMs = Math.max(longest, 1000);
  const x = (elapsedMs: number): number => plot.left + (elapsedMs / spanMs) * (plot.right - plot.left);
  const y = (rate: number): number => plot.bottom - (rate / rates.top) * (plot.bottom - plot.top);

  const points = thin(samples, Math.max(2, (plot.right - plot.left) / pixelsPerPoint)).map(
    ([elapsed, rate]) => [x(elapsed), y(rate)] as const,
  );
  const first = points[0];
  const last = points.at(-1);
  const line = points
    .map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${round(px)} ${round(py)}`)
    .join('');
  return {
    plot,
    line,
    area: first && last ? `${line}L${round(last[0])} ${plot.bottom}L${round(first[0])} ${plot.bottom}Z` : '',
    ...(last && { last: [round(last[0]), round(last[1])] as const }),
    rates: rates.ticks.map((rate) => ({ at: round(y(rate)), label: rateLabel(rate) })),
    times: seconds.ticks
      .filter((second) => second * 1000 <= spanMs)
      .map((second) => ({ at: round(x(second * 1000)), label: timeLabel(second) })),
  };
}

/** Ticks at 1, 2 or 5 times a power of ten, `about` as many as asked for, from 0 to at least `most`. */
export function niceScale(
  most: number,
  about: number,
): { readonly top: number; readonly ticks: readonly number[] } {
  const raw = most / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  const count = Math.ceil(most / step - 1e-9);
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

/** At most `limit` of the samples, evenly chosen, the first and the last among them. */
function thin(samples: readonly ThroughputSample[], limit: number): readonly ThroughputSample[] {
  const count = Math.floor(limit);
  if (samples.length <= count) return samples;
  const step = (samples.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => samples[Math.round(index * step)]!);
}

/** `0`, `500 B/s`, `2.5 kB/s`. */
export function rateLabel(rate: number): string {
  if (rate === 0) return '0';
  if (rate < 1000) return `${trim(rate)} B/s`;
  if (rate < 1_000_000) return `${trim(rate / 1000)} kB/s`;
  return `${trim(rate / 1_000_000)} MB/s`;
}

/** `0 s`, `45 s`, `1:30`. */
export function timeLabel(seconds: number): string {
  if (seconds < 60) return `${trim(seconds)} s`;
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, '0')}`;
}

function trim(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
