import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { CoapEndpoint } from '../coap/endpoint';
import type { Lwm2mServer } from './server';

/** Registration Update Trigger of the first Server instance (LwM2M Core, object 1, resource 8). */
const path = '/1/0/8';

/**
 * Asks the one board at the far end of a point-to-point link to register, each time the link opens. One that
 * registered with an earlier server would otherwise say nothing until its lifetime is nearly over; it now sends an
 * update, learns by the 4.04 that it is not known any more, and registers anew (§6.2.2). Does nothing on a link with
 * many peers. Ends with the link.
 */
export function requestRegistration(
  server: Pick<Lwm2mServer, 'onDidChangeBoard'>,
  endpoint: CoapEndpoint,
  log: Log,
): Disposable {
  const { link } = endpoint;
  const owned = new DisposableStore();
  let asking = new AbortController();
  const look = (): void => {
    asking.abort();
    if (link.state === 'closed') owned.dispose();
    if (link.state !== 'open' || !link.peer) return;
    asking = new AbortController();
    void ask(endpoint, log, asking.signal);
  };
  owned.add({ dispose: () => asking.abort() });
  owned.add(link.onDidChangeState(look));
  owned.add(
    server.onDidChangeBoard(({ board }) => {
      if (board.link === link && board.online) asking.abort();
    }),
  );
  look();
  return owned;
}

/** A board that can't do this still registers in its own time. */
async function ask(endpoint: CoapEndpoint, log: Log, signal: AbortSignal): Promise<void> {
  const { peer, id } = endpoint.link;
  if (!peer) return;
  try {
    const { code } = await endpoint.request(peer, { method: 'POST', path }, { signal });
    log.debug(`${id}: the board was asked to register and answered ${code}`);
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    log.debug(`${id}: the board was asked to register: ${error.message}`);
  }
}
