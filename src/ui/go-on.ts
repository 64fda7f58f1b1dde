import { l10n, window } from 'vscode';
import type { Disposable } from '../base/disposable';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import type { Lwm2mServer } from '../lwm2m/server';
import type { StoredSigner } from '../manifest/stored-key';
import { finishedMeanwhile } from '../update/finished-meanwhile';
import type { ImagePush } from '../update/image-push';
import type { UnfinishedUpdates } from '../update/unfinished-updates';
import { noPatchText } from './delta-wording';
import { endError } from './firmware-steps';
import { reportError } from './messages';

export interface GoOnOptions {
  readonly server: Lwm2mServer;
  readonly unfinished: UnfinishedUpdates;
  readonly pushes: ImagePush;
  readonly signer: () => Promise<StoredSigner | undefined>;
  /** How often an update may start over; 0: what was cut short stays so. */
  readonly retries: () => number;
  readonly log: Log;
}

/** Goes on with the updates that the end of VS Code cut short, as their boards register again. */
export function goOnWithUpdates(options: GoOnOptions): Disposable {
  const { server, unfinished, log } = options;
  const ending = new AbortController();
  const adding = server.onDidAddBoard((board) => {
    goOn(board, options, ending.signal).catch((error: unknown) => reportError(error, log, board.endpoint));
  });
  return {
    dispose: () => {
      adding.dispose();
      unfinished.dispose();
      ending.abort();
    },
  };
}

async function goOn(board: Board, options: GoOnOptions, signal: AbortSignal): Promise<void> {
  const { unfinished, pushes, signer, retries, log } = options;
  const { endpoint } = board;
  const update = await unfinished.take(endpoint);
  if (!update) return;
  if (retries() === 0) {
    unfinished.forget(endpoint);
    return;
  }
  const { package: pkg } = update;
  if (await finishedMeanwhile(board, update, signal)) {
    unfinished.forget(endpoint);
    const runs = pkg.version ?? pkg.name;
    void window.showInformationMessage(
      l10n.t('{0} runs {1}: it finished the update while VS Code was away.', endpoint, runs),
    );
    return;
  }
  void window.showInformationMessage(
    l10n.t('{0} is given {1} again: the end of VS Code cut its update short.', endpoint, pkg.name),
  );
  const record = await pushes.run(board, pkg, {
    signal,
    signer,
    onJob: () => undefined,
    onNoPatch: (reason, isCompressed) => log.info(`${endpoint}: ${noPatchText(reason, isCompressed)}`),
  });
  if (record.outcome !== 'succeeded') throw endError(record);
}
