import { createHash } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { isPolicy, type PackagePolicy, policyOf } from '../lwm2m/package-policy';
import type { ResourceValue, ResourceValues } from '../lwm2m/values';
import type { BoardWatch, FirmwareStatus } from './board-watch';
import { type Delivery, type DeliveryPreference, type PullScheme, chooseDelivery } from './delivery';
import type { FirmwareComponent } from './firmware-components';
import { startFrom } from './firmware-states';
import { type PreflightCheck, preflightChecks, type PreflightFacts } from './preflight-checks';
import { readText, readVersion } from './running-version';
import type { UpdatePackage } from './types';

/** How often a board may register anew while it is checked, before it is taken for one that keeps restarting. */
const maxRegistrations = 3;

export interface PreflightOptions {
  readonly board: Board;
  readonly watch: BoardWatch;
  readonly package: UpdatePackage;
  /** The instance of object 33629 that the package is for; object 5 without it. */
  readonly component?: Pick<FirmwareComponent, 'instance' | 'name'>;
  readonly delivery: DeliveryPreference;
  /** What the package can be offered to the board by. */
  readonly schemes: readonly PullScheme[];
  readonly signal: AbortSignal;
  readonly onChecked: (checks: readonly PreflightCheck[], status: FirmwareStatus | undefined) => void;
}

/** What is known before the first byte. */
export interface Preflight {
  readonly status: FirmwareStatus;
  /** State is not Idle: it has to be brought there first. */
  readonly needsReset: boolean;
  readonly delivery: Delivery;
  readonly version?: string;
  /** None of them has failed. */
  readonly checks: readonly PreflightCheck[];
}

/**
 * Asks whether a board can take a package now, and how, and tells all that was found by `onChecked`. Rejects with the
 * error of the first check that failed (see `preflightChecks`), and as `Board.read`.
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
  const { board, watch, signal, component, package: pkg, onChecked } = options;
  const { endpoint } = board;
  const objectId = component ? 33629 : 5;
  const hasObject = board.hasObject(objectId);
  const status = hasObject ? await watch.read(signal) : undefined;
  const delivery = hasObject ? await deliveryTo(options) : undefined;
  const facts: PreflightFacts = {
    board: endpoint,
    ...(component && { component: component.name }),
    hasObject,
    ...(status && { state: status.state }),
    ...(delivery !== undefined && { delivery }),
    ...(hasObject && (await factsOf(options))),
  };
  const checks = preflightChecks(pkg, facts);
  onChecked(checks, status);
  const failed = checks.find(({ verdict }) => verdict === 'failed');
  if (failed?.error) throw failed.error;
  if (!status || delivery === undefined || SlipwayError.is(delivery)) {
    throw new SlipwayError('update.no-object', { board: endpoint, objectId });
  }
  const { version } = facts;
  const needsReset = startFrom(status.state) === 'reset';
  return { status, needsReset, delivery, checks, ...(version !== undefined && { version }) };
}

/** What the board tells of itself, as far as the package can be held against it. */
async function factsOf(options: PreflightOptions): Promise<Partial<PreflightFacts>> {
  const { board, component, signal } = options;
  const { claims } = options.package;
  const device = async (resource: number): Promise<ResourceValue | undefined> =>
    board.hasObject(3) ? await board.readResource(`/3/0/${resource}`, { signal }) : undefined;
  const memoryFree = await device(10);
  const version = component
    ? await readText(board, `${root(options)}/15`, signal)
    : await readVersion(board, signal);
  const [manufacturer, model] = claims ? [await device(0), await device(1)] : [];
  const policy = await readPolicy(board, signal);
  const { sequence, vendorId, classId, trustAnchors } = policy;
  return {
    // Memory Free is in kilobytes (LwM2M Core, object 3).
    ...(typeof memoryFree === 'number' && { memoryFree: memoryFree * 1024 }),
    ...(version !== undefined && { version }),
    ...(typeof manufacturer === 'string' && { manufacturer }),
    ...(typeof model === 'string' && { model }),
    // The number is that of the application; other components count for themselves.
    ...(sequence !== undefined && !component && { sequence }),
    ...(vendorId && { vendorId }),
    ...(classId && { classId }),
    keyIds: trustAnchors.map((key) => createHash('sha256').update(key).digest('hex')),
  };
}

/** A board with many containers of other things isn't asked for all of them. */
const maxContainers = 16;

/** What the board tells in object 19 of how it judges packages; nothing where it has none of it. */
async function readPolicy(board: Board, signal: AbortSignal): Promise<PackagePolicy> {
  const instances: { readonly description: ResourceValue | undefined; readonly data: Uint8Array }[] = [];
  for (const instance of board.instancesOf(19).slice(0, maxContainers)) {
    const description = await board.readResource(`/19/${instance}/3`, { signal });
    if (!isPolicy(description)) continue;
    for (const data of (await readIfThere(board, `/19/${instance}/0`, signal)).values()) {
      if (data instanceof Uint8Array) instances.push({ description, data });
    }
  }
  return policyOf(instances);
}

/** How the package gets there; an error of `chooseDelivery` where it can't. */
async function deliveryTo(options: PreflightOptions): Promise<Delivery | SlipwayError> {
  const { board, delivery, schemes, signal } = options;
  const method = await board.readResource(`${root(options)}/9`, { signal });
  const pulls = method === 0 || delivery === 'pull';
  const protocols = pulls ? await readProtocols(board, `${root(options)}/8`, signal) : [];
  try {
    return chooseDelivery({
      board: board.endpoint,
      method: typeof method === 'number' ? method : undefined,
      protocols,
      preference: delivery,
      schemes,
    });
  } catch (error) {
    if (SlipwayError.is(error)) return error;
    throw error;
  }
}

/** Firmware Update Protocol Support (5/0/8); empty where the board does not tell. */
async function readProtocols(board: Board, path: string, signal: AbortSignal): Promise<readonly number[]> {
  const values = await readIfThere(board, path, signal);
  return [...values.values()].filter((value) => typeof value === 'number');
}

/** The values of a resource; none where the board answers with an error. */
async function readIfThere(board: Board, path: string, signal: AbortSignal): Promise<ResourceValues> {
  try {
    return await board.read(path, { signal });
  } catch (error) {
    if (!SlipwayError.is(error, 'coap.response')) throw error;
    return new Map();
  }
}

/** Path of the instance that takes the package. */
function root({ component }: Pick<PreflightOptions, 'component'>): string {
  return component ? `/33629/${component.instance}` : '/5/0';
}
