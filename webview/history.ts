import type { PanelRecord } from '../src/ui/panel-protocol';
import { badge, button } from './components';
import { html, setText } from './dom';
import { cellText, type Column, columns, numericColumns, shortHash } from './history-format';
import { toneSigns } from './news';
import { columnWords, olderRunsText, words } from './words';

export interface HistoryView {
  readonly element: HTMLElement;
  update(records: readonly PanelRecord[], olderRecords: number): void;
}

/**
 * All runs, the newest first. A table in its roles as well as its elements, since in a narrow panel each row is
 * laid out as a card, which takes the elements' own meaning from them.
 */
export function historyView(onExport: () => void): HistoryView {
  const count = badge();
  const exportButton = button(words.exportHistory, words.exportTitle, onExport);
  const body = html('tbody', { role: 'rowgroup' });
  const head = html(
    'thead',
    { role: 'rowgroup' },
    html('tr', { role: 'row' }, ...columns.map((column) => headCell(column))),
  );
  const table = html('table', { role: 'table', 'aria-labelledby': 'history-title' }, head, body);
  // What scrolls must be reachable by keyboard.
  const scroller = html(
    'div',
    { class: 'scroller', tabindex: 0, role: 'region', 'aria-labelledby': 'history-title' },
    table,
  );
  const empty = html('p', { class: 'quiet' }, words.noHistory);
  const older = html('p', { class: 'quiet' });
  const element = html(
    'section',
    { class: 'history' },
    html(
      'div',
      { class: 'heading' },
      html('h2', { id: 'history-title' }, words.history),
      count,
      exportButton.element,
    ),
    empty,
    scroller,
    older,
  );

  let shown = '';
  return {
    element,
    update: (records, olderRecords) => {
      // While a push runs the state comes several times a second, and the history is the same each time.
      const wanted = JSON.stringify([records, olderRecords]);
      if (wanted === shown) return;
      shown = wanted;
      const total = records.length + olderRecords;
      setText(count, String(total));
      count.hidden = total === 0;
      exportButton.setVisible(total > 0);
      empty.hidden = total > 0;
      scroller.hidden = total === 0;
      older.hidden = olderRecords === 0;
      setText(older, olderRunsText(olderRecords));
      body.replaceChildren(...records.flatMap(rows));
    },
  };
}

function headCell(column: Column): HTMLElement {
  return html('th', { role: 'columnheader', scope: 'col', class: alignment(column) }, columnWords[column]);
}

/** A run, and below it why it failed, where there is room for sentences. */
function rows(record: PanelRecord): HTMLElement[] {
  const cells = columns.map((column) =>
    html(
      'td',
      { role: 'cell', class: alignment(column), 'data-column': column, 'data-label': columnWords[column] },
      ...cell(record, column),
    ),
  );
  const run = html('tr', { role: 'row', class: 'run', 'data-id': record.id }, ...cells);
  if (record.reason === undefined) return [run];
  const reason = html('td', { role: 'cell', class: 'quiet', colspan: columns.length }, record.reason);
  run.classList.add('explained');
  return [run, html('tr', { role: 'row', class: 'reason' }, reason)];
}

function cell(record: PanelRecord, column: Column): (Node | string)[] {
  const text = cellText(record, column);
  if (column === 'package') {
    return [
      html('span', {}, text),
      html('span', { class: 'hash quiet', title: `SHA-256 ${record.sha256}` }, shortHash(record.sha256)),
    ];
  }
  if (column !== 'outcome') return [html('span', {}, text)];
  const sign = html('span', { class: 'sign', 'aria-hidden': 'true' }, toneSigns[record.tone]);
  return [html('span', { class: 'outcome', 'data-tone': record.tone }, sign, ` ${text}`)];
}

function alignment(column: Column): string | undefined {
  return numericColumns.includes(column) ? 'number' : undefined;
}
