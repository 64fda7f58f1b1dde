import { join } from 'node:path';
import { type ExtensionContext, workspace } from 'vscode';
import type { PackageHost } from '../coap/package-host';
import type { StoredSigner } from '../manifest/stored-key';
import { FileHistoryStore } from '../update/file-history-store';
import { UpdateHistory } from '../update/history';
import { HttpHost } from '../update/http-host';
import type { ImagePush } from '../update/image-push';
import { PackageSource } from '../update/package-source';
import { SoftwareService } from '../update/software-service';
import { UnfinishedUpdates } from '../update/unfinished-updates';
import { UpdateBatches } from '../update/update-batch';
import { UpdateService } from '../update/update-service';
import { goOnWithUpdates } from './go-on';
import { historyFile } from './history-file';
import { createImagePush } from './image-pushes';
import type { Own, Parts } from './parts';
import { pushAnyway } from './push-anyway';
import { RunLog } from './run-log';
import { settings } from './settings';

export interface UpdateParts extends Pick<Parts, 'updates' | 'batches' | 'software' | 'history'> {
  readonly pushes: ImagePush;
  readonly runs: RunLog;
  /** Some update or software is under way on that board. */
  isUpdating(board: string): boolean;
  /** Ends the runs under way; resolves once they are in the history. */
  end(): Promise<void>;
}

/** All that has to do with updates, put together; what the end of VS Code cut short goes on. */
export async function updateParts(
  context: ExtensionContext,
  {
    clock,
    log,
    server,
    packages,
    signer,
  }: Pick<Parts, 'clock' | 'log' | 'server'> & {
    /** Where boards that pull get their packages by CoAP. */
    readonly packages: PackageHost;
    /** The selected key, if it can sign without a question. */
    readonly signer: () => Promise<StoredSigner | undefined>;
  },
  own: Own,
): Promise<UpdateParts> {
  const { globalStorageUri, storageUri } = context;
  const workspaceUri = workspace.workspaceFile ?? workspace.workspaceFolders?.[0]?.uri;
  const historyPath = historyFile(globalStorageUri.fsPath, workspaceUri?.toString());
  const history = await UpdateHistory.open(new FileHistoryStore(historyPath, clock, log), log);
  const shared = {
    ...{ clock, log, history, timeouts: settings.timeouts, delivery: settings.delivery },
    packages: new PackageSource(packages, own(new HttpHost(packages, settings.http, log))),
  };
  const updates: UpdateService = own(
    new UpdateService({
      ...shared,
      retries: settings.retries,
      severity: settings.severity,
      confirm: async (_board, warning) => await pushAnyway(warning),
      isBusy: (board) => software.isBusy(board),
    }),
  );
  const software: SoftwareService = own(
    new SoftwareService({ ...shared, isBusy: (board) => updates.jobOf(board) !== undefined }),
  );
  // Without a workspace there is no storage that another window would not go on from.
  const unfinished =
    storageUri && (await UnfinishedUpdates.open(join(storageUri.fsPath, 'unfinished'), clock, log));
  const pushes = createImagePush(updates, unfinished, globalStorageUri.fsPath, clock, log);
  if (unfinished) {
    own(goOnWithUpdates({ server, unfinished, pushes, signer, retries: settings.retries, log }));
  }
  const batches = own(new UpdateBatches(() => pushes.several(signer)));
  const runs = own(new RunLog(updates, clock));
  return {
    ...{ history, updates, software, pushes, batches, runs },
    isUpdating: (board) => updates.jobOf(board) !== undefined || software.isBusy(board),
    end: async () => {
      unfinished?.dispose();
      batches.dispose();
      const ends = [...updates.jobs, ...software.jobs].map(({ finished }) => finished);
      updates.dispose();
      software.dispose();
      await Promise.all(ends);
      await Promise.all([history.flush(), unfinished?.flush()]);
    },
  };
}
