import { type Uri, commands, window } from 'vscode';
import { Throttle } from '../base/throttle';
import type { BoardPolicy } from '../board/bootloader';
import type { TraceRecorder } from '../coap/trace-recorder';
import type { SlipwayApi } from './api';
import { BoardsView } from './boards-view';
import { boardContext } from './context-keys';
import { deskSource } from './desk-source';
import { inspectionTrust } from './inspection-trust';
import { Inspector } from './inspector';
import type { PanelState } from './panel-protocol';
import { panelState } from './panel-state';
import type { Own, Parts } from './parts';
import type { RunLog } from './run-log';
import { StatusBar } from './status-bar';
import { statusText } from './status-text';
import { type TraceView, createTraceView } from './trace-commands';
import { UpdatePanel } from './update-panel';

/** How often status bar and panel are made anew at most, ms. */
const showMs = 100;

/** What the panel's buttons do. */
const panelCommands = {
  ship: 'slipway.firmware.ship',
  push: 'slipway.firmware.push',
  cancel: 'slipway.update.cancel',
  reset: 'slipway.update.reset',
  console: 'slipway.board.openConsole',
} as const;

/** What views show, and are made with. */
export interface ViewDeps extends Omit<
  Parts,
  'panel' | 'tasks' | 'keys' | 'keyFiles' | 'ports' | 'profiles'
> {
  readonly extensionUri: Uri;
  readonly trace: TraceRecorder;
  readonly runs: RunLog;
  readonly policy: BoardPolicy;
}

export interface ViewParts {
  readonly panel: UpdatePanel;
  readonly traceView: TraceView;
  /** Shows what holds now, for the first time. */
  show(): void;
  readonly api: Pick<SlipwayApi, 'boards' | 'status' | 'panel' | 'trace' | 'inspector' | 'context'>;
}

/** All that is shown of boards, updates, messages and files, put together; it follows what changes. */
export function viewParts(deps: ViewDeps, own: Own): ViewParts {
  const { extensionUri, clock, log, trace, server, ring, history, batches, runs, context } = deps;
  const source = deskSource(deps);
  const boards = own(new BoardsView(source, clock));
  own(
    window.createTreeView('slipway.boards', {
      treeDataProvider: boards,
      showCollapseAll: true,
      canSelectMany: true,
    }),
  );
  const statusBar = own(new StatusBar());
  const panelNow = (): PanelState => panelState(source, runs, history.records, batches.latest);
  const panel = own(
    new UpdatePanel({
      extensionUri,
      clock,
      state: panelNow,
      act: (action, board) => void commands.executeCommand(panelCommands[action], { kind: 'board', board }),
      exportHistory: () => void commands.executeCommand('slipway.update.exportHistory'),
      cancelAll: () => void commands.executeCommand('slipway.update.cancelAll'),
    }),
  );
  const traceView = own(createTraceView({ extensionUri, clock, log, trace, server }));
  const inspector = own(new Inspector({ extensionUri, clock, trust: inspectionTrust(deps.policy, ring) }));
  for (const changed of [ring.onDidChangeKeys, deps.secrets.onDidChange, deps.roots.onDidChange]) {
    own(changed(() => void inspector.judgeAgain()));
  }

  /** The run whose end the status bar tells. */
  let lastEnded: string | undefined;
  const showing = own(
    new Throttle(clock, showMs, () => {
      const { desk, virtualBoards, projectBoard } = deps;
      panel.refresh();
      const running = { virtualBoards: virtualBoards.names.length, emulatedBoard: projectBoard.running };
      context.setAll(boardContext(source, desk.running, running));
      statusBar.show(
        statusText(
          source,
          desk.running,
          history.records.find(({ id }) => id === lastEnded),
          batches.toTell(lastEnded),
        ),
      );
    }),
  );
  /** Shows what changed: on one board, or anywhere. */
  const show = (board?: string): void => {
    boards.refresh(board);
    showing.request();
  };
  own(
    runs.onDidEnd((record) => {
      lastEnded = record.id;
      if (record.outcome === 'succeeded') context.set('updated', true);
      show();
    }),
  );
  own(
    deps.updates.onDidChangeJobs(() => {
      // The next run takes the news of the last one away.
      if (deps.updates.jobs.length > 0) lastEnded = undefined;
    }),
  );
  follow(deps, show, own);

  return {
    panel,
    traceView,
    show,
    api: {
      boards,
      status: () => {
        showing.flush();
        return statusBar.shown;
      },
      panel: panelNow,
      trace: () => traceView.rows(),
      inspector: (file) => inspector.shown(file),
      context: (key) => {
        showing.flush();
        return context.get(key);
      },
    },
  };
}

/** Calls `show` on whatever is shown when it changes: with a board's name where nothing else does. */
function follow(deps: ViewDeps, show: (board?: string) => void, own: Own): void {
  const { server, bootstrap, connections, virtualBoards, projectBoard, desk, history, batches } = deps;
  own(
    server.onDidChangeBoard(({ board, change }) => {
      // A board that comes or goes may bring the row of its port along.
      const isItsOwn = change.kind === 'values' || change.kind === 'sleep' || change.kind === 'updated';
      show(isItsOwn ? board.endpoint : undefined);
    }),
  );
  for (const { onDidChange } of [deps.values, deps.resources, deps.runs]) own(onDidChange(show));
  own(deps.software.onDidChangeJobs(({ board }) => show(board)));
  for (const changed of [
    server.onDidAddBoard,
    server.onDidRemoveBoard,
    bootstrap.onDidChange,
    connections.onDidChange,
    virtualBoards.onDidChange,
    projectBoard.onDidChange,
    desk.onDidChange,
    history.onDidChange,
    batches.onDidChange,
  ] as readonly ((listener: () => void) => { dispose(): void })[]) {
    own(changed(() => show()));
  }
}
