import { basename } from 'node:path';
import type { Command } from 'commander';
import { readBytes } from '../image/read-image';
import { FileHistoryStore } from '../update/file-history-store';
import { UpdateHistory } from '../update/history';
import { toUpdatePackage } from '../update/package-file';
import type { HistoryStore, UpdateRecord, UpdateTimeouts } from '../update/types';
import { UpdateService, defaultTimeouts } from '../update/update-service';
import { bytesText, durationText, rateText } from '../ui/quantities';
import { outcomeText } from '../ui/wording';
import type { Context, Run } from './context';
import { Desk } from './desk';
import { type ExitCode, exitCodeOfCode, exitCodes } from './exit-codes';
import { type KeyFolderOptions, trustAnchors, withKeyFolder } from './key-options';
import { addressHelp, hasManyPeers, type WaitOptions, withWait } from './link-options';
import { reportDescription } from './report-error';
import { reportProgress } from './progress-report';
import { collect, seconds, usageError } from './usage';
import { verifyEnvelope } from '../manifest/suit-verify';
import { describeRecorded } from './wording';

interface PushOptions extends WaitOptions, KeyFolderOptions {
  readonly port: string;
  readonly endpoint?: string;
  readonly trust?: readonly string[];
  /** ms. */
  readonly timeout?: number;
  readonly history?: string;
}

/** `slipway push FILE` */
export function pushCommand(command: Command): Command {
  command
    .description('push a signed package to a board and see it through to the running image')
    .argument('<file>', 'the signed package')
    .requiredOption('--port <address>', `where the board is: ${addressHelp}`)
    .option('--endpoint <name>', 'the board’s endpoint name; needed on UDP (default: the one at the port)')
    .option('--trust <name-or-pem>', 'check the package with this key before the push; repeatable', collect)
    .option(
      '--timeout <seconds>',
      'how long the board may take to accept the package, and to reboot',
      seconds,
    )
    .option('--history <file>', 'file to keep a record of the run in');
  return withKeyFolder(withWait(command, 30));
}

export const push: Run<[file: string, options: PushOptions]> = async (context, file, options) => {
  if (hasManyPeers(options.port) && options.endpoint === undefined) {
    throw usageError('error: on a network there may be many boards: say with --endpoint which one is meant');
  }
  const { clock, log, output } = context;
  const bytes = await readBytes(file);
  const pkg = toUpdatePackage(basename(file), bytes);
  if (options.trust) {
    verifyEnvelope(bytes, { trustAnchors: await trustAnchors(context, options.trust, options) });
  }
  const history = await UpdateHistory.open(historyStore(context, options.history), log);
  const desk = new Desk(context);
  const updates = new UpdateService({ clock, log, history, timeouts: () => timeouts(options.timeout) });
  try {
    desk.connect(options.port, options.baud);
    const board = await desk.waitForBoard(options.endpoint, options.wait);
    output.note(`${board.endpoint} on ${board.link.id}: ${pkg.name}, ${bytesText(pkg.bytes.length)}`);
    output.event({ type: 'board', endpoint: board.endpoint, link: board.link.id });

    const job = updates.start(board, pkg);
    const reporting = reportProgress(job, output);
    const cancel = (): void => job.cancel();
    context.signal.addEventListener('abort', cancel, { once: true });
    if (context.signal.aborted) cancel();
    const record = await job.finished;
    context.signal.removeEventListener('abort', cancel);
    reporting.dispose();
    await history.flush();
    return report(context, record);
  } finally {
    updates.dispose();
    desk.dispose();
  }
};

function timeouts(limit: number | undefined): UpdateTimeouts {
  return limit === undefined ? defaultTimeouts : { ...defaultTimeouts, downloaded: limit, reboot: limit };
}

function historyStore({ clock, log }: Context, file: string | undefined): HistoryStore {
  if (file !== undefined) return new FileHistoryStore(file, clock, log);
  return { load: () => Promise.resolve([]), save: () => Promise.resolve() };
}

function report({ output }: Context, record: UpdateRecord): ExitCode {
  const code = exitCodeOfRecord(record);
  output.event({ type: 'result', ...record, exitCode: code });
  if (record.outcome === 'succeeded') {
    const rate = record.bytesPerSecond === undefined ? '' : `, ${rateText(record.bytesPerSecond)}`;
    output.print(
      `${record.board} runs ${record.toVersion ?? 'the new firmware'}: ${bytesText(record.bytes)} in ` +
        `${durationText(record.durationMs)}${rate}, ${record.retransmissions} retransmissions`,
    );
  } else if (record.error) reportDescription(output, describeRecorded(record.error));
  else output.note(`${outcomeText(record.outcome)}. ${record.board} keeps the firmware it runs.`);
  return code;
}

function exitCodeOfRecord({ outcome, error }: UpdateRecord): ExitCode {
  if (outcome === 'succeeded') return exitCodes.done;
  if (outcome === 'cancelled' || outcome === 'interrupted') return exitCodes.interrupted;
  return error ? exitCodeOfCode(error.code, 'update') : exitCodes.updateFailed;
}
