import type {
  FromPanel,
  PanelBatch,
  PanelBoard,
  PanelMemory,
  PanelState,
  ToPanel,
} from '../src/ui/panel-protocol';
import { actionButtons } from './actions';
import { announcement, batchAnnouncement } from './announcements';
import { batchView } from './batch';
import { chosenBoard } from './choice';
import { chooser } from './components';
import { html, setText } from './dom';
import { historyView } from './history';
import { newsView } from './news';
import type { Host, Page } from './page';
import { preflightView } from './preflight';
import { progressView } from './progress';
import { stateMachine } from './state-machine';
import { hiddenBoardsText, words } from './words';

/** The whole page: a projection of the extension's state, of which it keeps only the chosen board. */
export function createPanel(host: Host<FromPanel, PanelMemory>): Page<ToPanel> {
  let state: PanelState | undefined;
  let remembered = host.remembered().board;
  let shown: PanelBoard | undefined;
  let shownBatch: PanelBatch | undefined;

  const boards = chooser(words.board, (name) => {
    remembered = name;
    host.remember({ board: name });
    draw();
  });
  const description = html('p', { class: 'quiet description' });
  const hidden = html('p', { class: 'quiet' });
  const batch = batchView(
    (name) => host.send({ type: 'action', action: 'cancel', board: name }),
    () => host.send({ type: 'cancelAll' }),
  );
  // All boards of an update come before the one that is looked at.
  const header = html(
    'header',
    {},
    html('h1', {}, words.title),
    batch.element,
    boards.element,
    description,
    hidden,
  );
  const actions = actionButtons((action) => {
    if (shown) host.send({ type: 'action', action, board: shown.name });
  });
  const news = newsView();
  const machine = stateMachine();
  const preflight = preflightView();
  const progress = progressView();
  const board = html(
    'div',
    { class: 'board' },
    actions.element,
    news.element,
    machine.element,
    preflight.element,
    progress.element,
  );
  const empty = html(
    'section',
    { class: 'empty' },
    html('h2', {}, words.noBoard),
    html('p', {}, words.noBoardHint),
  );
  const history = historyView(() => host.send({ type: 'export' }));
  const live = html('div', { class: 'for-screen-readers', role: 'status', 'aria-live': 'polite' });
  const loading = html('p', { class: 'quiet' }, words.loading);
  const content = html('div', {}, header, empty, board, history.element);
  content.hidden = true;

  const draw = (): void => {
    if (!state) return;
    loading.hidden = true;
    content.hidden = false;
    const current = chosenBoard(state.boards, remembered);
    boards.element.hidden = current === undefined;
    description.hidden = current === undefined;
    board.hidden = current === undefined;
    empty.hidden = current !== undefined;
    if (current) {
      boards.update(
        state.boards.map(({ name }) => ({ value: name, text: name })),
        current.name,
      );
      setText(description, current.description);
      actions.update(current.actions);
      news.update(current.news);
      machine.update(current.machine, current.state, current.update?.running === true);
      preflight.update(current.checks);
      progress.update(current.update);
      const said = announcement(shown, current);
      if (said !== undefined) setText(live, said);
    }
    shown = current;
    hidden.hidden = state.hiddenBoards === 0;
    setText(hidden, hiddenBoardsText(state.hiddenBoards));
    batch.update(state.batch);
    const told = batchAnnouncement(shownBatch, state.batch);
    if (told !== undefined) setText(live, told);
    shownBatch = state.batch;
    history.update(state.history, state.olderRecords);
  };
  return {
    element: html('main', {}, loading, content, live),
    hear: (message) => {
      state = message.state;
      draw();
    },
  };
}
