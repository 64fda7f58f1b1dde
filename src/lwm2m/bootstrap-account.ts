import type { ResourceValue, ResourceValues } from './values';

/** What marks an instance of object 19 (BinaryAppDataContainer) as a trust anchor: its Data Description. */
export const TRUST_ANCHOR = 'SUIT trust anchor';

/** Short Server ID of the desk (LwM2M Core, objects 0 and 1; 1…65534). */
const SHORT_SERVER_ID = 1;

/** Security Mode NoSec (LwM2M Core, object 0, resource 2): the line is the desk's own, and packages are signed. */
const NO_SECURITY = 3;

export interface BootstrapAccount {
  /** Server URI that the board is to register at. */
  readonly uri: string;
  /** Binding (1/x/7): datagrams, or TCP. */
  readonly binding: 'U' | 'T';
  /** Seconds. */
  readonly lifetime: number;
  /** Public keys whose packages the board is to take, as SPKI DER. */
  readonly trustAnchors: readonly Uint8Array[];
}

/**
 * What a board from the factory is given: the desk's account in objects 0 and 1, and each trust anchor in an instance
 * of object 19, whose bytes are for the application. Server Public Key (0/x/4) is not the place for those: it belongs
 * to DTLS.
 */
export function bootstrapValues({ uri, binding, lifetime, trustAnchors }: BootstrapAccount): ResourceValues {
  return new Map<string, ResourceValue>([
    ['/0/1/0', uri],
    ['/0/1/1', false],
    ['/0/1/2', NO_SECURITY],
    ['/0/1/10', SHORT_SERVER_ID],
    ['/1/0/0', SHORT_SERVER_ID],
    ['/1/0/1', lifetime],
    ['/1/0/6', false],
    ['/1/0/7', binding],
    ...trustAnchors.flatMap((key, index): [string, ResourceValue][] => [
      [`/19/${index}/0/0`, key],
      [`/19/${index}/3`, TRUST_ANCHOR],
      [`/19/${index}/4`, 'spki'],
    ]),
  ]);
}
