import assert from 'node:assert/strict';
import type { SlipwayApi } from '../../../../src/ui/api';
import { until } from '../../../unit/support/until';
import { signedPackage, write } from '../../support/firmware';
import { freePort } from '../../support/free-port';
import { type BeforeRestart, restartFile } from '../../support/restart';
import { panelBoard, run, slipway, startBoard } from '../../support/slipway';
import { User } from '../../support/user';

/** Leaves a window behind in the middle of things; `restarted/` looks at what is there afterwards. */
describe('before a restart', () => {
  let api: SlipwayApi;
  const user = new User();

  before(async () => {
    api = await slipway();
    user.arrive();
  });

  after(() => user.leave());

  it('there are a finished update, one under way, the panel and a port', async () => {
    const file = await signedPackage();
    await startBoard(api, { name: 'finished' });
    await run('firmware.push', file);

    const address = `tcp://127.0.0.1:${await freePort()}`;
    user.picks(/^Connect a board$/, /Enter an address/).types(/^Connect a board$/, address);
    await run('port.connect');
    user.takeMessage();

    const before: BeforeRestart = { history: api.history(), address };
    await write(restartFile, JSON.stringify(before));
    assert.equal(before.history[0]?.outcome, 'succeeded');

    await run('update.showPanel');
    await startBoard(api, { name: 'interrupted', lineRate: 9600 });
    void run('firmware.push', file, { kind: 'board', board: 'interrupted' });
    await until(() => panelBoard(api, 'interrupted').update?.running, 'the push');
  });
});
