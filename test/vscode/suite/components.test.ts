import assert from 'node:assert/strict';
import { type Uri, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { packageFile } from '../support/firmware';
import { row, rows, run, slipway, startBoard } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('firmware of several components', function () {
  this.timeout(90_000);
  let api: SlipwayApi;
  const user = userAtDesk();
  let file: Uri;

  before(async () => {
    api = await slipway();
    file = await packageFile('component.suit');
  });
  after(() => workspace.fs.delete(file));

  it('is in the tree by the names of its components, and updated together from there', async () => {
    await startBoard(api, { components: true });
    await row(api, /^ {2}Advanced Firmware Update \| 2 instances$/);
    const application = await row(api, /^ {4}application \| 1\.0\.0 · Idle$/);
    assert.match(application.item.contextValue ?? '', /\bcomponent\b/);
    await row(api, /^ {4}radio \| 1\.0\.0 · Idle$/);
    assert.equal(api.context('componentsOnline'), true);

    user.picks(/Components of virtual-board/, /radio/);
    user.choosesFile(/Package for radio/, file);
    const object = (await rows(api)).find(({ node }) => node.kind === 'object' && node.objectId === 33629);
    await run('firmware.pushComponents', object?.node);
    const [record] = api.history();
    assert.deepEqual([record?.kind, record?.outcome, record?.instances], ['components', 'succeeded', [1]]);
    const version = record?.toVersion?.replace('radio ', '') ?? '';
    await row(api, new RegExp(`^ {4}radio \\| ${version.replaceAll('.', '\\.')} · Idle$`));
  });
});
