import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { BoardPolicy } from '../board/bootloader';
import { BootstrapServer } from '../lwm2m/bootstrap-server';
import { deskAccount } from '../lwm2m/desk-account';
import { reportError } from './messages';
import { settings } from './settings';

/** Gives boards from the factory the desk's account and keys, where the settings let it, and tells of new failures. */
export function createDeskBootstrap(policy: () => BoardPolicy, log: Log): BootstrapServer {
  const bootstrap = new BootstrapServer({
    log,
    configure: async (board, { link }, peer) =>
      settings.bootstrap()
        ? await deskAccount(policy(), board, link, peer)
        : new SlipwayError('bootstrap.off', { board }),
  });
  // Ends with the server.
  bootstrap.onDidChange(({ error, repeated }) => {
    if (error && !repeated) reportError(error, log);
  });
  return bootstrap;
}
