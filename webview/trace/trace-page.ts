import type { FromTrace, ToTrace, TraceMemory } from '../../src/ui/trace-protocol';
import { button, chooser } from '../components';
import { html, setText } from '../dom';
import type { Host, Page } from '../page';
import { detailsView } from './details';
import { messageList } from './message-list';
import { RowStore } from './row-store';
import { countText, words } from './words';

/** The whole page. It keeps the filter, the pause and which message is chosen; the extension has the messages. */
export function createTracePage(host: Host<FromTrace, TraceMemory>): Page<ToTrace> {
  let filter: TraceMemory = host.remembered();
  let selected: number | undefined;
  let behind = 0;
  const store = new RowStore(filter);

  const setFilter = (change: TraceMemory): void => {
    filter = { ...filter, ...change };
    host.remember(filter);
    store.setFilter(filter);
    draw();
  };
  const boards = chooser(words.board, (board) => setFilter({ board }));
  const text = html('input', {
    type: 'search',
    placeholder: words.filterHint,
    'aria-label': words.filter,
    value: filter.text,
  });
  text.addEventListener('input', () => setFilter({ text: text.value }));
  const pause = button(words.pause, words.pauseTitle, () => {
    store.setPaused(!store.paused);
    setText(pause.element, store.paused ? words.resume : words.pause);
    pause.setPrimary(store.paused);
    draw();
  });
  const clear = button(words.clear, words.clearTitle, () => host.send({ type: 'clear' }));
  const exporting = button(words.export, words.exportTitle, () =>
    host.send({ type: 'export', board: filter.board ?? '' }),
  );
  const count = html('span', { class: 'quiet count', role: 'status' });
  const list = messageList((index) => {
    selected = store.rows[index]?.seq;
    if (selected !== undefined) host.send({ type: 'select', seq: selected });
    draw();
  });
  const details = detailsView();
  const empty = html('p', { class: 'quiet empty' });

  const draw = (): void => {
    const known = store.boards;
    const board = filter.board ?? '';
    const names = board === '' || known.includes(board) ? known : [...known, board];
    boards.update(
      [{ value: '', text: words.allBoards }, ...names.map((name) => ({ value: name, text: name }))],
      board,
    );
    const { rows, total, waitingCount } = store;
    setText(count, countText(rows.length, total, waitingCount, behind));
    empty.hidden = rows.length > 0;
    setText(empty, total === 0 ? words.none : words.noneFits);
    list.update(rows, store.indexOf(selected));
  };
  details.update(undefined);
  const bar = html(
    'header',
    {},
    html('h1', {}, words.title),
    boards.element,
    text,
    html('div', { class: 'buttons' }, pause.element, clear.element, exporting.element),
    count,
  );
  return {
    element: html(
      'main',
      { class: 'trace' },
      bar,
      html('div', { class: 'content' }, list.element, empty, details.element),
    ),
    hear: (message) => {
      if (message.type === 'board') return setFilter({ board: message.board });
      if (message.type === 'details') {
        // An answer that is late is to a question of before.
        if (message.details.seq === selected) details.update(message.details);
        return;
      }
      behind = message.behind;
      store.take(message.rows, message.oldest, message.fresh);
      if (message.fresh) {
        selected = undefined;
        details.update(undefined);
      }
      draw();
    },
  };
}
