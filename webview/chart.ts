import type { ThroughputSample } from '../src/ui/panel-protocol';
import { chartGeometry } from './chart-geometry';
import { html, svg, watchWidth } from './dom';
import { words } from './words';

const height = 150;

export interface Chart {
  readonly element: HTMLElement;
  update(samples: readonly ThroughputSample[]): void;
}

/**
 * Throughput over time. For the eye alone: the same figures stand beside it as text, which is what is read out.
 */
export function throughputChart(): Chart {
  const drawing = svg('svg', { class: 'chart-drawing', height, role: 'img', 'aria-label': words.chart });
  const element = html(
    'figure',
    { class: 'chart' },
    html('figcaption', { class: 'quiet' }, words.chart),
    drawing,
  );
  let width = 0;
  let shown: readonly ThroughputSample[] = [];

  const draw = (): void => {
    if (width === 0) return;
    const { plot, line, area, last, rates, times } = chartGeometry(shown, { width, height });
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    drawing.replaceChildren(
      ...rates.flatMap(({ at, label }) => [
        svg('line', { class: 'grid', x1: plot.left, x2: plot.right, y1: at, y2: at }),
        svg('text', { class: 'tick rate', x: plot.left - 8, y: at + 4 }, label),
      ]),
      ...times.map(({ at, label }) => svg('text', { class: 'tick time', x: at, y: height - 6 }, label)),
      svg('path', { class: 'area', d: area }),
      svg('path', { class: 'line', d: line }),
      ...(last ? [svg('circle', { class: 'point', cx: last[0], cy: last[1], r: 3 })] : []),
    );
  };
  watchWidth(element, (available) => {
    width = available;
    draw();
  });
  return {
    element,
    update: (samples) => {
      shown = samples;
      element.hidden = samples.length < 2;
      draw();
    },
  };
}
