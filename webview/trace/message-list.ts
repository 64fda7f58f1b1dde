import type { TraceRow } from '../../src/ui/trace-protocol';
import { html, setAttributes } from '../dom';
import { longList } from '../inspector/long-list';
import { words } from './words';

export interface MessageList {
  readonly element: HTMLElement;
  update(rows: readonly TraceRow[], selected: number): void;
}

/** A list within this many pixels of its end follows what comes, CSS pixels. */
const atEnd = 30;

/** The messages, one a row. Arrow keys, Page Up and Down, Home and End choose; so does a click. */
export function messageList(onSelect: (index: number) => void): MessageList {
  const body = html('div', {
    class: 'messages',
    role: 'grid',
    tabindex: 0,
    'aria-label': words.messages,
    'aria-readonly': 'true',
  });
  let rows: readonly TraceRow[] = [];
  let selected = -1;
  const view = longList(body, ({ first, count }) =>
    rows.slice(first, first + count).map((row, at) => messageRow(row, first + at, first + at === selected)),
  );
  const choose = (index: number): void => {
    const bounded = Math.min(rows.length - 1, Math.max(0, index));
    if (bounded < 0) return;
    onSelect(bounded);
    view.reveal(bounded);
  };
  body.addEventListener('keydown', (event) => {
    const to = targetOf(event.key, selected, rows.length, view.page);
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  });
  // Not on a click: rows that are drawn anew between press and release would lose it.
  body.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const { index } = (event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset ?? {};
    if (index !== undefined) onSelect(Number(index));
  });
  const head = html(
    'div',
    { class: 'message head', 'aria-hidden': 'true' },
    ...words.columns.map((column) => html('span', {}, column)),
  );
  return {
    element: html('div', { class: 'list' }, head, body),
    update: (newRows, newSelected) => {
      const follows = body.scrollTop + body.clientHeight >= body.scrollHeight - atEnd;
      rows = newRows;
      selected = newSelected;
      setAttributes(body, {
        'aria-rowcount': rows.length,
        'aria-activedescendant': selected < 0 ? undefined : `message-${selected}`,
      });
      view.update(rows.length);
      if (!follows || selected >= 0) return;
      body.scrollTop = body.scrollHeight;
      view.update(rows.length);
    },
  };
}

/** The row that a key leads to. */
export function targetOf(key: string, selected: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return selected + 1;
    case 'ArrowUp':
      return selected < 0 ? count - 1 : selected - 1;
    case 'PageDown':
      return selected + page;
    case 'PageUp':
      return selected - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}

function messageRow(row: TraceRow, index: number, isSelected: boolean): HTMLElement {
  const direction = row.sent ? words.sent : words.received;
  const cell = (text: string, name: string, label?: string): HTMLElement =>
    html('span', { role: 'gridcell', class: name, title: text, 'aria-label': label }, text);
  return html(
    'div',
    {
      id: `message-${index}`,
      class: `row message ${row.tone}`,
      role: 'row',
      'aria-rowindex': index + 1,
      'aria-selected': String(isSelected),
      'data-index': index,
    },
    cell(clockText(row.time), 'time'),
    cell(row.sent ? '→' : '←', row.sent ? 'way sent' : 'way', direction),
    cell(row.board, 'board'),
    cell(row.type, 'type'),
    cell(row.tone === 'repeated' ? `${row.code} ↻` : row.code, 'code', codeLabel(row)),
    cell(row.about, 'about'),
    cell(String(row.size), 'number'),
    cell(row.rtt ?? '', 'number'),
  );
}

function codeLabel({ code, tone }: TraceRow): string {
  return tone === 'repeated' ? `${code}, ${words.repeated}` : code;
}

/** `14:03:07.042`, in the reader's time zone. */
function clockText(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
