import assert from 'node:assert/strict';
import { chartGeometry, niceScale, rateLabel, timeLabel } from '../../../webview/chart-geometry';

const size = { width: 400, height: 150 };

/** The points of a path made of absolute M and L. */
function pointsOf(path: string): (readonly [number, number])[] {
  return [...path.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
}

describe('chart geometry', () => {
  it('draws nothing without samples, and still has axes', () => {
    const chart = chartGeometry([], size);
    assert.equal(chart.line, '');
    assert.equal(chart.area, '');
    assert.equal(chart.last, undefined);
    assert.ok(chart.rates.length >= 2);
  });

  it('puts time from left to right and more throughput higher up', () => {
    const chart = chartGeometry(
      [
        [0, 0],
        [1000, 5000],
        [2000, 10_000],
      ],
      size,
    );
    const { plot } = chart;
    assert.deepEqual(pointsOf(chart.line), [
      [plot.left, plot.bottom],
      [(plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2],
      [plot.right, plot.top],
    ]);
    assert.deepEqual(chart.last, [plot.right, plot.top]);
    assert.ok(chart.area.startsWith(chart.line));
    assert.ok(chart.area.endsWith('Z'));
  });

  it('keeps every point within the plot, whatever the samples', () => {
    for (const samples of [
      [[5, 1]],
      [
        [0, 1e9],
        [1e7, 3],
      ],
      Array.from({ length: 500 }, (_, i) => [i * 37, (i * 7919) % 20_000]),
    ] as [number, number][][]) {
      const { plot, line, rates, times } = chartGeometry(samples, size);
      for (const [x, y] of pointsOf(line)) {
        assert.ok(x >= plot.left && x <= plot.right, `x ${x}`);
        assert.ok(y >= plot.top && y <= plot.bottom, `y ${y}`);
      }
      for (const { at } of rates) assert.ok(at >= plot.top && at <= plot.bottom);
      for (const { at } of times) assert.ok(at >= plot.left && at <= plot.right);
    }
  });

  it('draws no more points than there are pixels for, and keeps the first and the last', () => {
    const samples = Array.from({ length: 5000 }, (_, i) => [i * 100, i] as const);
    const { line, plot } = chartGeometry(samples, size);
    const points = pointsOf(line);
    assert.ok(points.length <= (plot.right - plot.left) / 2);
    assert.equal(points[0]![0], plot.left);
    assert.equal(points.at(-1)![0], plot.right);
  });

  it('survives a size that leaves no room', () => {
    const chart = chartGeometry([[1000, 10]], { width: 10, height: 10 });
    assert.doesNotMatch(chart.line + chart.area, /NaN|Infinity/);
  });
});

describe('scale', () => {
  it('steps by 1, 2 or 5 times a power of ten', () => {
    assert.deepEqual(niceScale(11_200, 3), { top: 15_000, ticks: [0, 5000, 10_000, 15_000] });
    assert.deepEqual(niceScale(10, 5), { top: 10, ticks: [0, 2, 4, 6, 8, 10] });
    assert.deepEqual(niceScale(1, 3).top, 1);
  });

  it('always reaches the greatest value', () => {
    for (const most of [0.3, 1, 7, 99, 100, 101, 9999, 123_456]) assert.ok(niceScale(most, 3).top >= most);
  });
});

describe('labels of the chart', () => {
  it('name rates in powers of ten', () => {
    assert.deepEqual([0, 500, 2500, 10_000, 2_000_000].map(rateLabel), [
      '0',
      '500 B/s',
      '2.5 kB/s',
      '10 kB/s',
      '2 MB/s',
    ]);
  });

  it('name times in seconds, then minutes and seconds', () => {
    assert.deepEqual([0, 45, 60, 65, 150].map(timeLabel), ['0 s', '45 s', '1:00', '1:05', '2:30']);
  });
});
