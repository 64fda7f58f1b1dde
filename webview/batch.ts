import type { PanelBatch, PanelBatchRow } from '../src/ui/panel-protocol';
import { type Button, badge, button } from './components';
import { html, setAttributes, setText } from './dom';
import { toneSigns } from './news';
import { batchWords, cancelTitle, hiddenBoardsText } from './words';

export interface BatchView {
  readonly element: HTMLElement;
  update(batch: PanelBatch | undefined): void;
}

interface Row {
  readonly element: HTMLElement;
  update(row: PanelBatchRow): void;
}

/** One package for several boards: a row for each, with phase, bar, and how it ended. */
export function batchView(onCancel: (board: string) => void, onCancelAll: () => void): BatchView {
  const count = badge();
  const cancelAll = button(batchWords.cancelAll, batchWords.cancelAllTitle, onCancelAll);
  const packageName = html('span', { class: 'quiet package' });
  const bar = html('progress', { 'aria-label': batchWords.ended });
  const summary = html('p', { class: 'progress-text' });
  const list = html('ul', { class: 'batch-rows', 'aria-label': batchWords.title });
  const hidden = html('p', { class: 'quiet' });
  const heading = html('h2', { tabindex: -1 }, batchWords.title);
  const element = html(
    'section',
    { class: 'batch' },
    html('div', { class: 'heading' }, heading, count, packageName, cancelAll.element),
    bar,
    summary,
    list,
    hidden,
  );
  /** Rows stay the same elements, so that the focus stays where it was. */
  let rows = new Map<string, Row>();
  return {
    element,
    update: (batch) => {
      element.hidden = batch === undefined;
      if (!batch) return;
      const focused = document.activeElement;
      setText(count, String(batch.total));
      setText(packageName, batch.packageName);
      bar.max = batch.total;
      bar.value = batch.ended;
      bar.hidden = !batch.running;
      setText(summary, batch.summary);
      cancelAll.setVisible(batch.running);
      const before = rows;
      rows = new Map(
        batch.rows.map(({ board }) => [board, before.get(board) ?? batchRow(board, () => onCancel(board))]),
      );
      for (const row of batch.rows) rows.get(row.board)?.update(row);
      const isSame = [...rows.keys()].join('\n') === [...before.keys()].join('\n');
      if (!isSame) list.replaceChildren(...[...rows.values()].map((row) => row.element));
      hidden.hidden = batch.hiddenRows === 0;
      setText(hidden, hiddenBoardsText(batch.hiddenRows));
      // A button that goes while it has the focus hands it on, else the keyboard would start from the top.
      if (focused && isGone(focused) && element.contains(focused)) heading.focus();
    },
  };
}

function batchRow(board: string, onCancel: () => void): Row {
  const sign = html('span', { class: 'sign', 'aria-hidden': 'true' });
  const phase = html('span', { class: 'batch-phase' });
  const bar = html('progress', { max: 100, 'aria-label': board });
  const result = html('span', { class: 'batch-result quiet' });
  const cancel: Button = button(batchWords.cancel, cancelTitle(board), onCancel);
  setAttributes(cancel.element, { 'aria-label': cancelTitle(board) });
  const element = html(
    'li',
    {},
    html('span', { class: 'batch-board' }, sign, html('span', {}, board)),
    phase,
    bar,
    result,
    cancel.element,
  );
  return {
    element,
    update: (row) => {
      setAttributes(element, { 'data-tone': row.tone });
      setText(sign, toneSigns[row.tone]);
      setText(phase, row.phase);
      bar.value = row.percent;
      bar.classList.toggle('unused', !row.open);
      setText(result, row.result);
      cancel.setVisible(row.open);
    },
  };
}

function isGone(element: Element): boolean {
  return element instanceof HTMLElement && element.hidden !== false;
}
