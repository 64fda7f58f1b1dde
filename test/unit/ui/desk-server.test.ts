import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../src/base/clock';
import { SlipwayError } from '../../../src/base/errors';
import { nullLog } from '../../../src/base/log';
import type { Link } from '../../../src/link/link';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { Connections } from '../../../src/ui/connections';
import { DeskServer, type DeskSettings } from '../../../src/ui/desk-server';
import { RememberedPorts } from '../../../src/ui/remembered-ports';

interface Settings {
  udp: { enabled: boolean; host: string; port: number };
  connections: string[];
  startVirtualBoard: boolean;
  startEmulatedBoard: boolean;
}

/** A desk whose links go nowhere; their ids are their addresses. */
function desk(settings: Settings): {
  readonly server: DeskServer;
  readonly links: () => string[];
  readonly attached: Set<string>;
  readonly virtual: string[];
  readonly emulated: string[];
  readonly ports: RememberedPorts;
} {
  const attached = new Set<string>();
  const open = (address: string): Link => {
    if (address === 'nonsense') throw new SlipwayError('link.invalid-address', { address });
    const [link] = createMemoryLinkPair(address, { clock });
    return link;
  };
  const attach = ({ id }: Link): { dispose(): void } => {
    attached.add(id);
    return { dispose: () => attached.delete(id) };
  };
  const connections = new Connections({ attach }, open);
  const virtual: string[] = [];
  const boards = {
    start: () => Promise.resolve(String(virtual.push('on'))),
    stopAll: () => void virtual.push('off'),
  };
  const emulated: string[] = [];
  const projectBoard = {
    start: () => Promise.resolve(String(emulated.push('on'))),
    stop: () => Promise.resolve(void emulated.push('off')),
  };
  const stored = new Map<string, unknown>();
  const ports = new RememberedPorts({
    get: (key) => stored.get(key),
    update: (key, value) => Promise.resolve(void stored.set(key, value)),
  });
  const read: DeskSettings = {
    udp: () => settings.udp,
    connections: () => settings.connections,
    startVirtualBoard: () => settings.startVirtualBoard,
    startEmulatedBoard: () => settings.startEmulatedBoard,
  };
  const links = (): string[] => connections.links.map(({ id }) => id.replace('memory:', ''));
  return {
    server: new DeskServer(connections, boards, projectBoard, ports, read, nullLog),
    links,
    attached,
    virtual,
    emulated,
    ports,
  };
}

function settings(some: Partial<Settings> = {}): Settings {
  return {
    udp: { enabled: true, host: '127.0.0.1', port: 5683 },
    connections: [],
    startVirtualBoard: false,
    startEmulatedBoard: false,
    ...some,
  };
}

describe('the server of the desk', () => {
  it('starts with UDP, the addresses of the settings and the ports of the workspace', async () => {
    const { server, links, attached, virtual, ports } = desk(
      settings({ connections: ['a', 'nonsense', 'b'] }),
    );
    await ports.add({ address: 'c' });
    await server.start();
    await server.start();
    assert.deepEqual(links(), ['udp://127.0.0.1:5683', 'a', 'b', 'c']);
    assert.equal(attached.size, 4);
    assert.deepEqual(virtual, []);
    server.stop();
    assert.deepEqual([links(), attached.size, server.running], [[], 0, false]);
  });

  it('starts a virtual board too if that is set', async () => {
    const { server, virtual } = desk(settings({ startVirtualBoard: true }));
    await server.start();
    assert.deepEqual(virtual, ['on']);
    server.dispose();
    assert.deepEqual(virtual, ['on', 'off']);
  });

  it('moves with the settings of UDP', async () => {
    const wish = settings();
    const { server, links } = desk(wish);
    server.listenOnUdp();
    assert.deepEqual(links(), []);
    await server.start();
    wish.udp = { enabled: true, host: '::1', port: 0 };
    server.listenOnUdp();
    assert.deepEqual(links(), ['udp://[::1]:0']);
    wish.udp = { ...wish.udp, enabled: false };
    server.listenOnUdp();
    assert.deepEqual(links(), []);
    server.dispose();
  });

  it('connects what the settings list now, and nothing else they listed', async () => {
    const wish = settings({ connections: ['a', 'b'] });
    const { server, links, ports } = desk(wish);
    await ports.add({ address: 'c' });
    wish.udp = { ...wish.udp, enabled: false };
    await server.start();
    wish.connections = ['b', 'd'];
    server.connectConfigured();
    assert.deepEqual(links().sort(), ['b', 'c', 'd']);
    server.stop();
    server.connectConfigured();
    assert.deepEqual(links(), []);
  });
});
