import { basename } from 'node:path';
import { ProgressLocation, type QuickPickItem, Uri, commands, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import { readBytes } from '../image/read-image';
import type { Board } from '../lwm2m/board';
import { type SoftwareJob, toSoftwarePackage } from '../update/software-service';
import type { SoftwareOperation } from '../update/software-states';
import type { SoftwareSource } from '../update/software-run';
import type { UpdateRecord } from '../update/types';
import { progressText } from './board-row';
import { chooseBoard } from './choosing';
import { endError } from './firmware-steps';
import { nodeOf } from './node-argument';
import { instanceRow } from './object-rows';
import { type Commands, type Parts, onlineBoards } from './parts';
import { doneText, operationText } from './software-wording';
import { allowedOperations } from './software-tree';
import { phaseText } from './phase-wording';

/** An instance of object 9. */
interface Target {
  readonly board: Board;
  readonly instance: number;
}

/** How long the status bar tells of an end, ms. */
const tellMs = 5000;

/** What usually comes after an operation. */
const nextSteps: Partial<Readonly<Record<SoftwareOperation, SoftwareOperation>>> = {
  deliver: 'install',
  install: 'activate',
  'uninstall-for-update': 'deliver',
};

/** Software on boards (object 9): delivered, installed, activated and taken away again. */
export function softwareCommands(parts: Parts): Commands {
  const perform = (operation: SoftwareOperation) => async (argument?: unknown, file?: unknown) => {
    const target = await targetOf(parts, operation, argument);
    const source = operation === 'deliver' ? await sourceOf(file ?? argument) : undefined;
    const job = parts.software.start(target.board, target.instance, operation, source);
    tellEnd(await follow(job), operation, target);
  };
  return {
    'software.deliver': perform('deliver'),
    'software.install': perform('install'),
    'software.activate': perform('activate'),
    'software.deactivate': perform('deactivate'),
    'software.uninstall': perform('uninstall'),
    'software.uninstallForUpdate': perform('uninstall-for-update'),
    'software.cancel': (argument) => {
      const node = nodeOf(argument);
      if (node?.kind === 'instance') parts.software.jobOf(node.board, node.instanceId)?.cancel();
    },
  };
}

/** The instance that a command was called on, or one that the user chooses. Rejects `cancelled`, `lwm2m.no-board`. */
async function targetOf(parts: Parts, operation: SoftwareOperation, argument: unknown): Promise<Target> {
  const node = nodeOf(argument);
  if (node?.kind === 'instance' && node.objectId === 9) {
    return { board: parts.server.board(node.board), instance: node.instanceId };
  }
  const title = operationText(operation, l10n.t);
  const boards = onlineBoards(parts).filter((board) => board.hasObject(9));
  const board =
    node && node.kind !== 'link' ? parts.server.board(node.board) : await chooseBoard(boards, title);
  return { board, instance: await chooseInstance(board, operation, title) };
}

/** The only instance that the operation suits, or the one that is picked of those there are. */
async function chooseInstance(board: Board, operation: SoftwareOperation, title: string): Promise<number> {
  const instances = [...board.instancesOf(9)].sort((a, b) => a - b);
  const suited = instances.filter((instance) => allowedOperations(board, instance).includes(operation));
  // Where none is in the right state, the job tells why.
  const candidates = suited.length > 0 ? suited : instances;
  const [only] = candidates;
  if (only === undefined) throw new SlipwayError('update.no-object', { board: board.endpoint, objectId: 9 });
  if (candidates.length === 1) return only;
  const items = candidates.map((instance) => {
    const { label, description = '' } = instanceRow(board, 9, instance, undefined);
    return { label: `$(extensions) ${label}`, description, detail: `/9/${instance}`, instance };
  });
  const chosen = await window.showQuickPick(items, { title, placeHolder: l10n.t('Choose one') });
  if (!chosen) throw new SlipwayError('cancelled', {});
  return chosen.instance;
}

interface SourceItem extends QuickPickItem {
  readonly from: 'file' | 'uri';
}

/** What to deliver: the file that was given, or what the user chooses. Rejects `cancelled`, and as `readBytes`. */
async function sourceOf(argument: unknown): Promise<SoftwareSource> {
  if (argument instanceof Uri) return await packageOf(argument);
  const title = l10n.t('Deliver a software package');
  const items: SourceItem[] = [
    { label: l10n.t('$(folder-opened) Choose a file…'), from: 'file' },
    { label: l10n.t('$(cloud-download) Let the board fetch a URI…'), from: 'uri' },
  ];
  const chosen = await window.showQuickPick(items, { title });
  if (!chosen) throw new SlipwayError('cancelled', {});
  if (chosen.from === 'uri') return await askForUri(title);
  const [file] = (await window.showOpenDialog({ title, openLabel: l10n.t('Deliver') })) ?? [];
  if (!file) throw new SlipwayError('cancelled', {});
  return await packageOf(file);
}

async function packageOf(file: Uri): Promise<SoftwareSource> {
  return { package: toSoftwarePackage(basename(file.fsPath), await readBytes(file.fsPath)) };
}

/** A URI of a server of the user's own, and who the board is to say that asks for it. */
async function askForUri(title: string): Promise<SoftwareSource> {
  const uri = await window.showInputBox({
    title,
    prompt: l10n.t('URI of the package, as the board reaches it'),
    placeHolder: 'coap://192.0.2.1/software.bin',
    validateInput: (text) =>
      /^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(text) && text.length <= 255
        ? undefined
        : l10n.t('A URI of at most 255 characters, such as coap://HOST/PATH'),
  });
  if (uri === undefined) throw new SlipwayError('cancelled', {});
  const userName = await window.showInputBox({
    title,
    prompt: l10n.t('User name for that server; empty for none'),
  });
  if (userName === undefined) throw new SlipwayError('cancelled', {});
  if (userName === '') return { uri };
  const password = await window.showInputBox({ title, prompt: l10n.t('Its password'), password: true });
  if (password === undefined) throw new SlipwayError('cancelled', {});
  return { uri, userName, password };
}

/** Shows how a job goes, with a way to cancel it. Rejects with why it failed, and `cancelled`. */
async function follow(job: SoftwareJob): Promise<UpdateRecord> {
  const title = l10n.t(
    '{0}: software {1} of {2}',
    operationText(job.operation, l10n.t),
    job.instance,
    job.board,
  );
  return await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      token.onCancellationRequested(() => job.cancel());
      const telling = job.onDidProgress((now) => {
        const { phase } = now;
        const facts = phase === 'push' ? ` ${progressText(now)}` : '';
        progress.report({ message: `${phaseText(phase, l10n.t)}${facts}` });
      });
      try {
        const record = await job.finished;
        if (record.outcome !== 'succeeded') throw endError(record);
        return record;
      } finally {
        telling.dispose();
      }
    },
  );
}

/** The end, and the step that usually comes next. Returns at once. */
function tellEnd(record: UpdateRecord, operation: SoftwareOperation, { board, instance }: Target): void {
  const text = doneText(operation, record.packageName, record.toVersion, l10n.t);
  const next = nextSteps[operation];
  if (next === undefined) {
    window.setStatusBarMessage(`$(extensions) ${text}`, tellMs);
    return;
  }
  const title = operationText(next, l10n.t);
  void window.showInformationMessage(l10n.t('{0} on {1}.', text, board.endpoint), title).then((chosen) => {
    if (chosen !== title) return;
    const node = { kind: 'instance', board: board.endpoint, objectId: 9, instanceId: instance };
    return commands.executeCommand(`slipway.software.${next}`, node);
  });
}
