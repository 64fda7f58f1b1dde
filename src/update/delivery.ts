import { SlipwayError } from '../base/errors';

/** How the user wants packages to get to boards; `auto` pushes where the board takes that. */
export type DeliveryPreference = 'auto' | 'push' | 'pull';

/** Protocols by which this product offers packages. */
export type PullScheme = 'coap' | 'coap+tcp' | 'http';

export type Delivery = 'push' | PullScheme;

/** Firmware Update Delivery Method (5/0/9): 2 is both, also where a board does not tell. */
const deliveryMethod = { pull: 0, push: 1 } as const;

/** Firmware Update Protocol Support (5/0/8). */
const protocolNumbers: Readonly<Record<PullScheme, number>> = { coap: 0, http: 2, 'coap+tcp': 4 };

export interface DeliveryFacts {
  readonly board: string;
  /** 5/0/9 */
  readonly method: number | undefined;
  /** 5/0/8; CoAP where a board does not tell (OMA Firmware Update, resource 8). */
  readonly protocols: readonly number[];
  readonly preference: DeliveryPreference;
  /** What packages can be offered by to this board, best first. */
  readonly schemes: readonly PullScheme[];
}

/**
 * How a package gets to a board. Throws `update.push-unsupported`, `update.pull-unsupported` where the user asked for
 * what the board does not do, and `update.no-protocol` where board and desk have no protocol in common.
 */
export function chooseDelivery({ board, method, protocols, preference, schemes }: DeliveryFacts): Delivery {
  const pushes = method !== deliveryMethod.pull;
  if (preference === 'push' && !pushes) throw new SlipwayError('update.push-unsupported', { board });
  if (preference === 'pull' && method === deliveryMethod.push) {
    throw new SlipwayError('update.pull-unsupported', { board });
  }
  if (preference !== 'pull' && pushes) return 'push';
  const known = protocols.length > 0 ? protocols : [protocolNumbers.coap];
  const scheme = schemes.find((candidate) => known.includes(protocolNumbers[candidate]));
  if (!scheme) throw new SlipwayError('update.no-protocol', { board, protocols: known });
  return scheme;
}
