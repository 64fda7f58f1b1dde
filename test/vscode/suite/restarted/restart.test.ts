import assert from 'node:assert/strict';
import { type Tab, TabInputWebview, window } from 'vscode';
import type { SlipwayApi } from '../../../../src/ui/api';
import { until } from '../../../unit/support/until';
import { firmwarePackage, read } from '../../support/firmware';
import { type BeforeRestart, restartFile } from '../../support/restart';
import { clearDesk, row, run, slipway, startBoard, treeText } from '../../support/slipway';

describe('after a restart', () => {
  let api: SlipwayApi;
  let left: BeforeRestart;

  before(async () => {
    api = await slipway();
    left = JSON.parse(await read(restartFile)) as BeforeRestart;
  });

  afterEach(() => clearDesk(api));

  it('the history is there, and tells of the update that the restart cut short', () => {
    const [cut, ...others] = api.history();
    assert.deepEqual(others, left.history);
    assert.equal(cut?.board, 'interrupted');
    assert.ok(cut?.outcome === 'cancelled' || cut?.outcome === 'interrupted', cut?.outcome);
    assert.deepEqual(
      api.panel().history.map(({ id }) => id),
      api.history().map(({ id }) => id),
    );
  });

  it('nothing of the board that was being updated is made up', async () => {
    assert.ok(!(await treeText(api)).includes('interrupted'));
    assert.deepEqual(api.panel().boards, []);
  });

  it('the update that was cut short is gone on with when its board is back', async () => {
    const count = api.history().length;
    await startBoard(api, { name: 'interrupted' });
    await row(api, /^interrupted \| online · 1\.0\.1/);
    const done = await until(
      () => (api.history().length > count ? api.history()[0] : undefined),
      'its record',
    );
    assert.deepEqual([done.board, done.outcome, done.toVersion], ['interrupted', 'succeeded', '1.0.1']);
  });

  it('the port is tried again', async () => {
    const { node } = await row(api, /connection refused/);
    assert.deepEqual(node, { kind: 'link', link: left.address });
    await run('port.disconnect', node);
    assert.equal(await treeText(api), '');
  });

  it('the update panel is back', async () => {
    const isPanel = ({ input }: Tab): boolean =>
      input instanceof TabInputWebview && input.viewType.endsWith('slipway.updatePanel');
    const tab = await until(() => window.tabGroups.all.flatMap(({ tabs }) => tabs).find(isPanel), 'its tab');
    assert.equal(tab.label, 'Firmware Update');
    await window.tabGroups.close(tab);
  });

  it('goes on: the next update is entered on top', async () => {
    const count = api.history().length;
    await startBoard(api);
    await run('firmware.push', firmwarePackage());
    await row(api, /^virtual-board \| online · 1\.0\.1/);
    assert.equal(api.history().length, count + 1);
    assert.equal(api.history()[0]?.outcome, 'succeeded');
  });
});
