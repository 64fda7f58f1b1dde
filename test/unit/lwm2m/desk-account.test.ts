import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../../../src/base/errors';
import type { LinkKind, Peer } from '../../../src/link/link';
import type { ResourceValues } from '../../../src/lwm2m/values';
import { deskAccount } from '../../../src/lwm2m/desk-account';
import { virtualBoardRequestOf } from '../../../src/ui/virtual-board-request';
import { newKey } from '../integration/desk';

describe('What the desk gives a board from the factory', () => {
  const key = newKey();
  const { keyId, algorithm, publicKeyPem } = key;
  const policy = { trustAnchors: [{ keyId, algorithm, publicKeyPem }] };

  const line: Peer = { address: 'line', port: 0 };
  const given = async (
    kind: LinkKind,
    peer: Peer,
    authority?: string,
  ): Promise<ResourceValues | SlipwayError> => {
    const authorityFor = (): Promise<string | undefined> => Promise.resolve(authority);
    return await deskAccount(policy, 'b', { id: `${kind}:x`, kind, authorityFor }, peer);
  };
  const account = async (...of: Parameters<typeof given>): Promise<ResourceValues> => {
    const values = await given(...of);
    if (SlipwayError.is(values)) throw values;
    return values;
  };

  it('is the key to trust, and where the board reaches it, whatever it listens on', async () => {
    const board: Peer = { address: '192.0.2.7', port: 5683 };
    const values = await account('udp', board, '192.0.2.1:5683');
    assert.deepEqual([values.get('/0/1/0'), values.get('/1/0/7')], ['coap://192.0.2.1:5683', 'U']);
    assert.deepEqual(
      values.get('/19/0/0/0'),
      createPublicKey(publicKeyPem).export({ format: 'der', type: 'spki' }),
    );
    const tcp = await account('coap+tcp', board, '192.0.2.1:5684');
    assert.deepEqual([tcp.get('/0/1/0'), tcp.get('/1/0/7')], ['coap+tcp://192.0.2.1:5684', 'T']);
    const ip = await account('serial', { address: 'fd00::2', port: 5683 }, '[fd00::1]');
    assert.equal(ip.get('/0/1/0'), 'coap://[fd00::1]', 'IP on a line');
    const closed = await given('udp', board);
    assert.ok(SlipwayError.is(closed, 'link.closed'));
  });

  it('is the other end of a line that has no addresses', async () => {
    assert.equal((await account('serial', line, 'desk')).get('/0/1/0'), 'coap+uart://slipway');
  });

  it('is nothing while there is no key', async () => {
    const none = await deskAccount({ trustAnchors: [] }, 'b', { id: 'memory:x', kind: 'memory' }, line);
    assert.ok(SlipwayError.is(none, 'bootstrap.no-key'));
  });

  it('can be tried with a virtual board', () => {
    assert.deepEqual(virtualBoardRequestOf({ bootstrap: true, awakeMs: 5000 }), {
      bootstrap: true,
      awakeMs: 5000,
    });
    assert.equal(virtualBoardRequestOf({ bootstrap: 'yes' }), undefined);
  });
});
