import { nullLog } from '../../../src/base/log';
import type { CoapReply } from '../../../src/coap/endpoint';
import { type MemoryLink, createMemoryLinkPair } from '../../../src/link/memory-link';
import type { Board } from '../../../src/lwm2m/board';
import { Lwm2mServer, type Lwm2mServerOptions } from '../../../src/lwm2m/server';
import { FakeClock, settle } from '../support/fake-clock';
import { FakeEndpoint, defaultPeer } from '../support/fake-endpoint';

export const OBJECTS = '</>;rt="oma.lwm2m";ct="110 112 11542",</1/0>,</3/0>,</5/0>;ver=1.1,</9>';

/** A server with links whose boards are played by the test. */
export class ServerFixture {
  readonly clock = new FakeClock();
  readonly endpoints: FakeEndpoint[] = [];
  readonly server: Lwm2mServer;
  private links = 0;

  constructor(more: Pick<Lwm2mServerOptions, 'awakeMs'> = {}) {
    this.server = new Lwm2mServer({
      ...more,
      clock: this.clock,
      log: nullLog,
      createEndpoint: (link) => {
        const endpoint = new FakeEndpoint(link);
        this.endpoints.push(endpoint);
        return endpoint;
      },
    });
  }

  /** Attaches a link; its endpoint is the last of `endpoints`. */
  attach(): { readonly link: MemoryLink; readonly endpoint: FakeEndpoint; detach(): void } {
    const [link] = createMemoryLinkPair(`test-${this.links++}`, { clock: this.clock });
    const attachment = this.server.attach(link);
    return { link, endpoint: this.endpoints.at(-1)!, detach: () => attachment.dispose() };
  }

  /** A board that registered, and is past the answer. */
  async board(
    endpoint: FakeEndpoint,
    { name = 'desk-1', query = ['lwm2m=1.1', 'lt=300', 'b=U'], payload = OBJECTS } = {},
  ): Promise<Board> {
    await register(endpoint, name, query, payload);
    await settle();
    return this.server.board(name);
  }
}

export function register(
  endpoint: FakeEndpoint,
  name = 'desk-1',
  query: readonly string[] = ['lwm2m=1.1', 'lt=300', 'b=U'],
  payload = OBJECTS,
  peer = defaultPeer,
): Promise<CoapReply> {
  return endpoint.receive({
    method: 'POST',
    path: '/rd',
    query: [`ep=${name}`, ...query],
    contentFormat: 40,
    payload: Buffer.from(payload),
    peer,
  });
}
