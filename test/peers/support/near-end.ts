import { createHash } from 'node:crypto';
import { systemClock as clock } from '../../../src/base/clock';
import { DisposableStore } from '../../../src/base/disposable';
import { nullLog } from '../../../src/base/log';
import { seededRandom } from '../../../src/base/random';
import type { CoapEndpoint, CoapHandler } from '../../../src/coap/endpoint';
import { type CoapMessage, decodeMessage } from '../../../src/coap/message';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import { CoapTcpLink } from '../../../src/link/coap-tcp/coap-tcp-link';
import { UdpLink } from '../../../src/link/udp-link';
import { whenOpen } from '../../../src/link/when-open';
import { until } from '../../unit/support/until';

export const host = '127.0.0.1';
const deps = { clock, log: nullLog };

/** Slipway's end of a conversation with a program: one endpoint, and every message that came. */
export class NearEnd {
  readonly received: CoapMessage[] = [];
  private readonly owned = new DisposableStore();
  readonly endpoint: CoapEndpoint;

  private constructor(private readonly link: UdpLink | CoapTcpLink) {
    this.owned.add(link);
    this.owned.add(link.onDatagram(({ data }) => this.received.push(decodeMessage(data))));
    this.endpoint = this.owned.add(createCoapEndpoint(link, deps));
  }

  /** An endpoint on a free port, for programs that call it. */
  static async listen(scheme: 'coap' | 'coap+tcp'): Promise<NearEnd> {
    const address = { host, port: 0 };
    const link = scheme === 'coap' ? new UdpLink(address, deps) : CoapTcpLink.listen(address, deps);
    await whenOpen(link);
    return new NearEnd(link);
  }

  /** An endpoint that is connected to a program's TCP port. */
  static async connect(port: number): Promise<NearEnd> {
    const link = CoapTcpLink.connect({ host, port }, deps);
    await whenOpen(link);
    await until(() => link.capabilitiesOf({ address: host, port })?.blockWise, 'its capabilities');
    return new NearEnd(link);
  }

  get port(): number {
    return this.link.boundPort ?? 0;
  }

  uri(path: string): string {
    return `${this.link instanceof UdpLink ? 'coap' : 'coap+tcp'}://${host}:${this.port}${path}`;
  }

  serve(handler: CoapHandler): void {
    this.owned.add(this.endpoint.serve(handler));
  }

  dispose(): void {
    this.owned.dispose();
  }
}

/** Bytes that differ everywhere, so that a block out of place shows. */
export function bytesOf(length: number): Buffer {
  const random = seededRandom(length);
  return Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
}

/** For messages of failed comparisons: what is compared would fill the screen. */
export function digest(bytes: Uint8Array): string {
  return `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`;
}
