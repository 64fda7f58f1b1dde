import type { Command } from 'commander';
import { DisposableStore } from '../base/disposable';
import { SlipwayError, cancelled } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { BootstrapServer, type BootstrapState } from '../lwm2m/bootstrap-server';
import { triggerBootstrap } from '../lwm2m/bootstrap-trigger';
import { deskAccount } from '../lwm2m/desk-account';
import { readVersion } from '../update/running-version';
import { bootstrapText } from '../ui/bootstrap-wording';
import type { Context, Run } from './context';
import { Desk } from './desk';
import { exitCodes } from './exit-codes';
import { type KeyFolderOptions, trustAnchors, withKeyFolder } from './key-options';
import { addressHelp, hasManyPeers, type WaitOptions, withWait } from './link-options';
import { collect, usageError } from './usage';

interface BootstrapOptions extends WaitOptions, KeyFolderOptions {
  readonly port: string;
  readonly endpoint?: string;
  readonly trust: readonly string[];
}

/** `slipway bootstrap` */
export function bootstrapCommand(command: Command): Command {
  command
    .description('give a board from the factory its server account and the keys it is to trust')
    .requiredOption('--port <address>', `where the board is: ${addressHelp}`)
    .option('--endpoint <name>', 'the board’s endpoint name; needed on UDP (default: the one at the port)')
    .requiredOption('--trust <name-or-pem>', 'key whose packages it is to take; repeatable', collect)
    .addHelpText('after', '\nA board that has an account is asked to bootstrap again (1/x/9).');
  return withKeyFolder(withWait(command, 30));
}

/** Ends when the board has taken its account and has registered with it. */
export const bootstrap: Run<[options: BootstrapOptions]> = async (context, options) => {
  const { endpoint, port, baud, wait } = options;
  if (hasManyPeers(port) && endpoint === undefined) {
    throw usageError('error: on a network there may be many boards: say with --endpoint which one is meant');
  }
  const { log, output, signal } = context;
  const policy = { trustAnchors: await trustAnchors(context, options.trust, options) };
  const owned = new DisposableStore();
  const server = owned.add(
    new BootstrapServer({
      log,
      configure: async (board, { link }, peer) =>
        endpoint === undefined || board === endpoint
          ? await deskAccount(policy, board, link, peer)
          : new SlipwayError('bootstrap.off', { board }),
    }),
  );
  const desk = owned.add(new Desk(context, { bootstrap: server }));
  const isMeant = (state: BootstrapState): boolean => endpoint === undefined || state.endpoint === endpoint;
  owned.add(server.onDidChange((state) => isMeant(state) && tell(context, state)));
  const failed = new Promise<never>((_resolve, reject) => {
    owned.add(server.onDidChange((state) => isMeant(state) && state.error && reject(state.error)));
  });
  // It is raced against; where that is over there is nobody left to take it.
  failed.catch(() => undefined);
  try {
    desk.connect(port, baud);
    const board = await Promise.race([desk.waitForBoard(endpoint, wait), failed]);
    if (server.states.get(board.endpoint)?.phase !== 'done') {
      const registered = registeredAnew(context, desk, server, board, wait, owned);
      await Promise.race([Promise.all([triggerBootstrap(board, signal), registered]), failed]);
    }
    // One that answers has been told that it is registered.
    const version = await readVersion(board, signal);
    const runs = version === undefined ? '' : `; it runs ${version}`;
    output.print(`${board.endpoint} has its account, and has registered${runs}`);
    const { written = [] } = server.states.get(board.endpoint) ?? {};
    output.event({ type: 'bootstrapped', endpoint: board.endpoint, written });
    return exitCodes.done;
  } finally {
    owned.dispose();
  }
};

/**
 * Resolves when the board has an account and registers with it. Rejects `bootstrap.not-asked`, `cancelled`. Ends with
 * `owned`.
 */
async function registeredAnew(
  { clock, signal }: Context,
  desk: Desk,
  server: BootstrapServer,
  { endpoint }: Board,
  timeoutMs: number,
  owned: DisposableStore,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    owned.add(
      desk.server.onDidChangeBoard(({ board, change }) => {
        const isDone = server.states.get(endpoint)?.phase === 'done';
        if (board.endpoint === endpoint && change.kind === 'registered' && isDone) resolve();
      }),
    );
    const late = new SlipwayError('bootstrap.not-asked', { board: endpoint, timeoutMs });
    owned.add(clock.schedule(timeoutMs, () => reject(late)));
    const onAbort = (): void => reject(cancelled(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    owned.add({ dispose: () => signal.removeEventListener('abort', onAbort) });
  });
}

function tell({ output }: Context, state: BootstrapState): void {
  const { endpoint, phase, written, total, error } = state;
  // Why it failed is told as the end of the command.
  if (!error) output.note(`${endpoint} ${bootstrapText(state)}`);
  output.event({ type: 'bootstrap', endpoint, phase, written: written.length, total });
}
