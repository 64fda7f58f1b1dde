import { Uri, l10n, window, workspace } from 'vscode';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import { traceMessages } from '../coap/trace-exchanges';
import type { TraceEntry, TraceRecorder } from '../coap/trace-recorder';
import { captureFile } from '../lwm2m/trace/capture-file';
import type { Lwm2mServer } from '../lwm2m/server';
import { reportError } from './messages';
import { boardNameOf } from './node-argument';
import type { Commands } from './parts';
import { TraceNames } from './trace-names';
import { TracePanel } from './trace-panel';
import type { TraceRow } from './trace-protocol';

export interface TraceDeps {
  readonly extensionUri: Uri;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: TraceRecorder;
  readonly server: Pick<Lwm2mServer, 'boards' | 'onDidChangeBoard'>;
}

/** The trace in the editor. */
export interface TraceView extends Disposable {
  readonly commands: Commands;
  /** All that a page shows, or would. */
  rows(): readonly TraceRow[];
}

/** The trace view on the messages of a recorder, and its commands. */
export function createTraceView({ extensionUri, clock, log, trace, server }: TraceDeps): TraceView {
  const owned = new DisposableStore();
  const names = owned.add(new TraceNames(server));
  const nameOf = (entry: TraceEntry): string => names.nameOf(entry);
  const exportBoard = async (board: string, file?: Uri): Promise<void> =>
    await exportTrace(trace, (entry) => board === '' || nameOf(entry) === board, file);
  const panel = owned.add(
    new TracePanel({
      ...{ extensionUri, clock, trace, nameOf },
      exportTrace: (board) => {
        exportBoard(board).catch((error: unknown) => reportError(error, log));
      },
    }),
  );
  return {
    commands: {
      'trace.show': (argument) => panel.show(boardNameOf(argument)),
      'trace.clear': () => trace.clear(),
      'trace.export': async (argument) =>
        await exportBoard(boardNameOf(argument) ?? '', argument instanceof Uri ? argument : undefined),
    },
    rows: () => panel.rows(),
    dispose: () => owned.dispose(),
  };
}

/** Writes what is kept into a file that the user chooses. Rejects `cancelled`, `trace.not-written`. */
async function exportTrace(
  { entries }: TraceRecorder,
  isWanted: (entry: TraceEntry) => boolean,
  file?: Uri,
): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const target =
    file ??
    (await window.showSaveDialog({
      title: l10n.t('Export the trace for Wireshark'),
      filters: { pcapng: ['pcapng'] },
      ...(folder && { defaultUri: Uri.joinPath(folder, 'slipway.pcapng') }),
    }));
  if (!target) throw new SlipwayError('cancelled', {});
  const messages = traceMessages(entries).filter(({ entry }) => isWanted(entry));
  try {
    await workspace.fs.writeFile(target, captureFile(messages, 'Slipway'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('trace.not-written', { file: target.fsPath, reason }, { cause });
  }
  window.setStatusBarMessage(
    l10n.t('$(check) {0} messages in {1}', messages.length, workspace.asRelativePath(target)),
    5000,
  );
}
