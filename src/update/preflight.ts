import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { BoardWatch, FirmwareStatus } from './board-watch';
import { type Delivery, type DeliveryPreference, type PullScheme, chooseDelivery } from './delivery';
import { startFrom } from './firmware-states';

/** How often a board may register anew while it is checked, before it is taken for one that keeps restarting. */
const maxRegistrations = 3;

export interface PreflightOptions {
  readonly board: Board;
  readonly watch: BoardWatch;
  /** Of the package. */
  readonly bytes: number;
  readonly delivery: DeliveryPreference;
  /** What the package can be offered to the board by. */
  readonly schemes: readonly PullScheme[];
  readonly signal: AbortSignal;
}

/** What is known before the first byte. */
export interface Preflight {
  readonly status: FirmwareStatus;
  /** State is not Idle: it has to be brought there first. */
  readonly needsReset: boolean;
  readonly delivery: Delivery;
  readonly version?: string;
}

/**
 * Asks whether a board can take a package now, and how. Rejects `update.no-object`, `update.wrong-state`,
 * `update.too-large`, and as `chooseDelivery` and `Board.read`.
 */
export async function preflight(options: PreflightOptions): Promise<Preflight> {
  for (let registrations = 1; ; registrations++) {
    try {
      return await check(options);
    } catch (error) {
      // Boards register again after a reset, or because they were asked to: what was asked is asked once more.
      const again = SlipwayError.is(error, 'lwm2m.offline') && options.board.online;
      if (!again || registrations === maxRegistrations) throw error;
    }
  }
}

async function check(options: PreflightOptions): Promise<Preflight> {
  const { board, watch, bytes, signal } = options;
  const { endpoint } = board;
  if (!board.hasObject(5)) throw new SlipwayError('update.no-object', { board: endpoint, objectId: 5 });
  const status = await watch.read(signal);
  const start = startFrom(status.state);
  if (start === 'refuse') {
    throw new SlipwayError('update.wrong-state', { board: endpoint, state: status.state });
  }
  const delivery = await deliveryTo(options);
  const memoryFree = board.hasObject(3) ? await board.readResource('/3/0/10', { signal }) : undefined;
  // Memory Free is in kilobytes; a board in Downloaded holds the package that the reset will give back.
  if (start === 'push' && typeof memoryFree === 'number' && bytes > memoryFree * 1024) {
    throw new SlipwayError('update.too-large', { board: endpoint, bytes, limit: memoryFree * 1024 });
  }
  const version = await readVersion(board, signal);
  return { status, needsReset: start === 'reset', delivery, ...(version !== undefined && { version }) };
}

async function deliveryTo({ board, delivery, schemes, signal }: PreflightOptions): Promise<Delivery> {
  const method = await board.readResource('/5/0/9', { signal });
  const pulls = method === 0 || delivery === 'pull';
  return chooseDelivery({
    board: board.endpoint,
    method: typeof method === 'number' ? method : undefined,
    protocols: pulls ? await readProtocols(board, signal) : [],
    preference: delivery,
    schemes,
  });
}

/** Firmware Update Protocol Support (5/0/8); empty where the board does not tell. */
async function readProtocols(board: Board, signal: AbortSignal): Promise<readonly number[]> {
  try {
    const values = await board.read('/5/0/8', { signal });
    return [...values.values()].filter((value) => typeof value === 'number');
  } catch (error) {
    if (!SlipwayError.is(error, 'coap.response')) throw error;
    return [];
  }
}

/** The version a board runs: Firmware Version (3/0/3), else PkgVersion (5/0/7). Rejects as `Board.read`. */
export async function readVersion(board: Board, signal: AbortSignal): Promise<string | undefined> {
  for (const path of board.hasObject(3) ? ['/3/0/3', '/5/0/7'] : ['/5/0/7']) {
    const version = await board.readResource(path, { signal });
    if (typeof version === 'string' && version !== '') return version;
  }
  return undefined;
}
