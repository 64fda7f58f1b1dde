import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../../../src/base/errors';
import type { ResourceValues } from '../../../src/lwm2m/values';
import { deskAccount } from '../../../src/lwm2m/desk-account';
import { virtualBoardRequestOf } from '../../../src/ui/virtual-board-request';
import { newKey } from '../integration/desk';

describe('What the desk gives a board from the factory', () => {
  const key = newKey();
  const { keyId, algorithm, publicKeyPem } = key;
  const policy = { trustAnchors: [{ keyId, algorithm, publicKeyPem }] };

  const given = (link: Parameters<typeof deskAccount>[2]): ResourceValues => {
    const account = deskAccount(policy, 'b', link);
    if (SlipwayError.is(account)) throw account;
    return account;
  };

  it('is its address on UDP, or the other end of a line, and the key to trust', () => {
    const account = given({ id: 'udp://127.0.0.1:5683', kind: 'udp' });
    assert.equal(account.get('/0/1/0'), 'coap://127.0.0.1:5683');
    assert.deepEqual(
      account.get('/19/0/0/0'),
      createPublicKey(publicKeyPem).export({ format: 'der', type: 'spki' }),
    );
    const line = given({ id: 'serial:/dev/ttyUSB0', kind: 'serial' });
    assert.equal(line.get('/0/1/0'), 'coap+uart://slipway');
  });

  it('is nothing while there is no key', () => {
    const none = deskAccount({ trustAnchors: [] }, 'b', { id: 'memory:x', kind: 'memory' });
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
