import type { PanelUpdate } from '../src/ui/panel-protocol';
import { throughputChart } from './chart';
import { busyRing } from './components';
import { html, setText } from './dom';
import { words } from './words';

export interface ProgressView {
  readonly element: HTMLElement;
  update(update: PanelUpdate | undefined): void;
}

/** The update under way, or the last one of this window: phase, bar, figures, throughput. */
export function progressView(): ProgressView {
  const ring = busyRing();
  const phase = html('span', { class: 'phase' });
  const packageName = html('span', { class: 'package quiet' });
  const bar = html('progress', { max: 100, 'aria-label': words.progress });
  const text = html('p', { class: 'progress-text' });
  const figures = html('p', { class: 'quiet' });
  const chart = throughputChart();
  const empty = html('p', { class: 'quiet' }, words.noUpdate);
  const body = html(
    'div',
    { class: 'update-body' },
    html('p', { class: 'phase-line' }, ring, phase, packageName),
    bar,
    text,
    figures,
    chart.element,
  );
  const element = html('section', { class: 'update' }, html('h2', {}, words.progress), empty, body);

  return {
    element,
    update: (update) => {
      empty.hidden = update !== undefined;
      body.hidden = update === undefined;
      if (!update) return;
      ring.hidden = !update.running;
      setText(phase, update.phase);
      setText(packageName, update.packageName);
      bar.value = Math.min(100, Math.max(0, update.percent));
      bar.hidden = !update.running;
      setText(text, update.progressText);
      text.hidden = update.progressText === '';
      setText(figures, update.figures);
      figures.hidden = update.figures === '';
      chart.update(update.samples);
    },
  };
}
