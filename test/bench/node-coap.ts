import { Agent } from 'coap';
import { LinkSocket } from '../../src/coap/link-socket';
import type { Link } from '../../src/link/link';

/** Pushes by node-coap's own Block1 client, on the same link. Its timers are those of the real time: for lines without loss. */
export function pushByNodeCoap(link: Link, payload: Uint8Array, szx: number): Promise<void> {
  const socket = new LinkSocket((data, peer) => void link.send(data, peer).catch(() => undefined), link.peer);
  const subscription = link.onDatagram(({ data, peer }) => socket.receive(data, peer));
  const agent = new Agent({ socket: socket as never });
  const { address, port } = socket.addressOf(link.peer!);
  return new Promise<void>((resolve, reject) => {
    const request = agent.request({
      host: address,
      port,
      method: 'PUT',
      pathname: '/5/0/0',
      contentFormat: 42,
    });
    request.setOption('Block1', Buffer.of(szx));
    request.on('response', ({ code }) =>
      code === '2.04' ? resolve() : reject(new Error(`node-coap: ${code}`)),
    );
    request.on('error', reject);
    request.end(Buffer.from(payload));
  }).finally(() => {
    subscription.dispose();
    socket.close();
  });
}
