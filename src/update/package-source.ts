import { SlipwayError } from '../base/errors';
import type { Event } from '../base/event';
import type { PackageHost } from '../coap/package-host';
import type { Board } from '../lwm2m/board';
import { coapScheme } from '../link/link';
import type { PullScheme } from './delivery';
import type { HttpHost } from './http-host';

/** A package under a URI, for one board. */
export interface OfferedPackage {
  readonly uri: string;
  /** How far the board has come, bytes. */
  readonly onDidServe: Event<number>;
  dispose(): void;
}

/** Host of URIs on a line, where every request comes to the desk whatever it names. */
const lineHost = 'desk';

/** Offers packages to boards: by CoAP on the link that each is on, and by HTTP where that is switched on. */
export class PackageSource {
  constructor(
    private readonly host: PackageHost,
    private readonly http: HttpHost | undefined,
  ) {}

  /** What a package can be offered to that board by, best first. */
  schemesFor(board: Board): readonly PullScheme[] {
    return [coapScheme(board.link.kind), ...(this.http?.enabled ? (['http'] as const) : [])];
  }

  /** Offers a package until the result is disposed. Rejects `link.closed`, and as `HttpHost.authority`. */
  async offer(board: Board, name: string, bytes: Uint8Array, scheme: PullScheme): Promise<OfferedPackage> {
    const { link } = board;
    const { peer } = board.registration;
    const onLink = link.authorityFor ? await link.authorityFor(peer) : lineHost;
    const authority = scheme === 'http' ? await this.http?.authority(onLink) : onLink;
    if (authority === undefined) throw new SlipwayError('link.closed', { link: link.id });
    const offer = this.host.offer(name, bytes);
    return {
      uri: `${scheme}://${authority}${offer.path}`,
      onDidServe: offer.onDidServe,
      dispose: () => {
        offer.dispose();
        if (scheme === 'http') this.http?.release();
      },
    };
  }
}
