import assert from 'node:assert/strict';
import type { SlipwayApi } from '../../../src/ui/api';
import { signedPackage } from '../support/firmware';
import { boardNode, boardRow, row, run, slipway, startBoard, withSetting } from '../support/slipway';
import { until } from '../../unit/support/until';
import { userAtDesk } from '../support/user';

describe('bootstrap of a board from the factory', function () {
  this.timeout(60_000);
  let api: SlipwayApi;
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
    // There is a key that it can be told to trust from then on.
    await signedPackage();
  });

  it('is in the tree with all that the board was given, and is done again where that is asked for', async () => {
    await startBoard(api, { name: 'fresh', bootstrap: true });
    await row(api, /^ {2}Bootstrap \| was given its account$/);
    for (const written of [
      'Security | written to /0/1',
      'Server | written to /1/0',
      'Trust anchor | written to /19/0',
    ]) {
      await row(api, new RegExp(`^ {4}${written.replace('|', '\\|')}$`));
    }
    const board = await boardRow(api, 'fresh');
    assert.match(board?.item.contextValue ?? '', /\bbootstrappable\b/);
    const console = (): string => api.consoleText('fresh') ?? '';
    await run('board.bootstrap', boardNode('fresh'));
    await until(() => console().split('bootstrap: account taken').length === 3, 'the second account');
    await row(api, /^fresh \| online/);
    assert.deepEqual(user.messages, []);
  });

  it('is refused in words where it is switched off, and the row can be removed', async () => {
    await withSetting('server.bootstrap', false, async () => {
      await run('board.startVirtual', { name: 'lonely', bootstrap: true });
      const lonely = await row(api, /^lonely \| asks for its account; none is given here$/);
      await until(() => user.messages.length > 0, 'a message');
      const message = user.takeMessage();
      assert.match(message.text, /lonely asks for its account.*slipway\.server\.bootstrap/s);
      assert.ok(message.buttons.includes('Open Settings'), message.buttons.join());
      await run('board.stopVirtual', { kind: 'board', board: 'lonely' });
      await run('board.forget', lonely.node);
      assert.equal(await boardRow(api, 'lonely'), undefined);
    });
  });
});
