import assert from 'node:assert/strict';
import { workspace } from 'vscode';
import { systemClock as clock } from '../../../src/base/clock';
import { DisposableStore } from '../../../src/base/disposable';
import { nullLog as log } from '../../../src/base/log';
import { VirtualBoard } from '../../../src/board/virtual-board';
import type { CoapEndpoint } from '../../../src/coap/endpoint';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import type { Link } from '../../../src/link/link';
import { createTcpListenLink } from '../../../src/link/tcp-link';
import { UdpLink } from '../../../src/link/udp-link';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';
import type { SlipwayApi } from '../../../src/ui/api';
import { row, rows, run, slipway, treeText, withSetting } from '../support/slipway';
import { userAtDesk } from '../support/user';
import { freePort } from '../support/free-port';

const vendorId = vendorIdOf('example.com');
const policy = { trustAnchors: [], vendorId, classId: classIdOf(vendorId, 'test') };

const createEndpoint = (link: Link): CoapEndpoint => createCoapEndpoint(link, { clock, log });

describe('ports', () => {
  let api: SlipwayApi;
  let owned: DisposableStore;
  let port: number;

  afterEach(async () => {
    if (api.context('portConnected')) await run('port.disconnect');
    owned.dispose();
  });
  const user = userAtDesk();

  /** A board on a serial line that is served over TCP, as QEMU and ser2net do. */
  async function powerOn(): Promise<VirtualBoard> {
    const link = owned.add(createTcpListenLink({ host: '127.0.0.1', port }, { clock, log }));
    const board = owned.add(
      new VirtualBoard({ link, createEndpoint, clock, log, endpoint: 'desk-1', policy }),
    );
    await board.start();
    return board;
  }

  async function connect(): Promise<void> {
    user.picks(/^Connect a board$/, /Enter an address/).types(/^Connect a board$/, `tcp://127.0.0.1:${port}`);
    await run('port.connect');
  }

  before(async () => {
    api = await slipway();
  });

  beforeEach(async () => {
    owned = new DisposableStore();
    port = await freePort();
  });

  it('are connected, and the board behind one shows up', async () => {
    await powerOn();
    await connect();
    const board = await row(api, new RegExp(`^desk-1 \\| online · 1\\.0\\.0 · .*127\\.0\\.0\\.1:${port}`));
    assert.match(board.item.contextValue ?? '', /\bport held\b/);
    assert.equal(api.context('portHeld'), true);
    assert.notEqual(api.consoleText('desk-1'), undefined);
  });

  it('are lent to other programs and taken back', async () => {
    await powerOn();
    await connect();
    const board = await row(api, /^desk-1 \| online/);
    await run('port.release', board.node);
    await row(api, /^desk-1 \| port released/);
    assert.equal(api.context('portReleased'), true);
    await run('port.retake', board.node);
    await row(api, /^desk-1 \| online · 1\.0\.0/);
    assert.equal(api.context('portReleased'), false);
  });

  it('are let go of', async () => {
    await powerOn();
    await connect();
    await row(api, /^desk-1 \| online/);
    await run('port.disconnect');
    await row(api, /^desk-1 \| offline/);
    assert.equal(api.context('portConnected'), false);
  });

  it('that do not answer are told, kept in view and tried again', async () => {
    await connect();
    const { text, buttons } = user.takeMessage();
    assert.match(text, new RegExp(`127\\.0\\.0\\.1:${port}`));
    assert.deepEqual(buttons, ['Connect Port…', 'Show Log']);
    const waiting = await row(api, new RegExp(`${port}`));
    assert.equal(waiting.node.kind, 'link');
    assert.match(waiting.item.contextValue ?? '', /\blink\b.*\bport\b/);
    await powerOn();
    await row(api, /^desk-1 \| online · 1\.0\.0/);
    assert.ok((await rows(api)).every(({ node }) => node.kind !== 'link'));
  });

  it('of the settings are connected, and let go of when they are taken out', async () => {
    await powerOn();
    await withSetting('connections', [`tcp://127.0.0.1:${port}`], async () => {
      await row(api, /^desk-1 \| online · 1\.0\.0/);
    });
    await row(api, /^desk-1 \| offline/);
  });

  it('are not connected when the user thinks better of it', async () => {
    user.dismisses(/^Connect a board$/);
    await run('port.connect');
    assert.equal(await treeText(api), '');
  });

  it('include UDP, on the address of the settings', async () => {
    const configuration = workspace.getConfiguration('slipway');
    await configuration.update('server.udp.port', port);
    try {
      const link = owned.add(new UdpLink({ host: '127.0.0.1', port: 0 }, { clock, log }));
      const server = { address: '127.0.0.1', port };
      const options = { link, createEndpoint, clock, log, endpoint: 'on-udp', policy, server };
      const board = owned.add(new VirtualBoard(options));
      await board.start();
      const shown = await row(api, /^on-udp \| online · 1\.0\.0/);
      assert.ok(!/\bconsole\b|\bport\b/.test(shown.item.contextValue ?? ''));
      await board.stop();
      await row(api, /^on-udp \| offline/);
    } finally {
      await configuration.update('server.udp.port', undefined);
    }
  });
});
