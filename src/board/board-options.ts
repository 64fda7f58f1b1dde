import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { CoapEndpoint } from '../coap/endpoint';
import type { Link, Peer } from '../link/link';
import type { BoardPolicy } from './bootloader';
import type { DeviceIdentity } from './device-object';
import type { Faults } from './faults';

export interface VirtualBoardOptions {
  /** The board's end of the link. The board owns it. */
  readonly link: Link;
  readonly createEndpoint: (link: Link) => CoapEndpoint;
  readonly clock: Clock;
  readonly log: Log;
  /** Endpoint client name. */
  readonly endpoint: string;
  /** The server to register with; the link's one peer by default. */
  readonly server?: Peer;
  readonly policy: BoardPolicy;
  readonly identity?: DeviceIdentity;
  /** Where the flash lies; without it the board forgets everything with its process. */
  readonly flashFolder?: string;
  /** Registration lifetime, seconds. */
  readonly lifetime?: number;
  /** Bytes that each of the two slots holds. */
  readonly slotBytes?: number;
  /** How long a reboot takes, ms. */
  readonly rebootMs?: number;
  /** Whether it de-registers before a reboot; most real boards do not. */
  readonly deregistersOnReboot?: boolean;
  /** Whether it takes packages that bring a patch to the image it runs; it does by default. */
  readonly takesPatches?: boolean;
  readonly faults?: Faults;
  /** Instances of object 9, each with a component in object 14; 1 by default. */
  readonly softwareInstances?: number;
  /** Offers its firmware by object 33629 too: an application, and a radio on a microcontroller of its own. */
  readonly components?: boolean;
  /** Puts it into queue mode: it listens so long after each datagram, ms, and sleeps until it has something to say. */
  readonly awakeMs?: number;
  /** Comes from the factory without a server account and without trust anchors, and asks for both (Core §6.1). */
  readonly bootstrap?: boolean;
  /** Tells in object 19 by what it judges packages, so that a server need not push what it would refuse. */
  readonly tellsPolicy?: boolean;
}
