import { CoapTcpLink } from './coap-tcp/coap-tcp-link';
import type { Link } from './link';
import { parseLinkAddress } from './link-address';
import { createSerialLink } from './serial-link';
import type { StreamLinkDeps } from './stream-link';
import { createTcpLink, createTcpListenLink } from './tcp-link';
import { UdpLink } from './udp-link';

export interface OpenLinkDeps extends StreamLinkDeps {
  /** `portKey` of the serial port that was chosen: it is opened wherever it is now. */
  readonly portKey?: string;
  /** Line rate of a serial port whose address names none, bit/s. */
  readonly baudRate?: number;
}

/**
 * A link to `address`, see `parseLinkAddress`. It begins to open at once; `link.state` and `link.error` tell how
 * that goes, `whenOpen` waits for it. Throws `link.invalid-address`.
 */
export function openLink(address: string, deps: OpenLinkDeps): Link {
  const parsed = parseLinkAddress(address);
  switch (parsed.kind) {
    case 'serial':
      return createSerialLink(
        {
          ...(deps.baudRate !== undefined && { baudRate: deps.baudRate }),
          ...parsed,
          ...(deps.portKey && { portKey: deps.portKey }),
        },
        deps,
      );
    case 'tcp':
      return createTcpLink(parsed, deps);
    case 'tcp-listen':
      return createTcpListenLink(parsed, deps);
    case 'udp':
      return new UdpLink(parsed, deps);
    case 'coap+tcp':
      return CoapTcpLink.listen(parsed, deps);
  }
}
