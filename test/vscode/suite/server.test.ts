import assert from 'node:assert/strict';
import { window } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import { clearDesk, row, run, slipway, startBoard } from '../support/slipway';

describe('the server', () => {
  let api: SlipwayApi;

  before(async () => {
    api = await slipway();
  });

  afterEach(async () => {
    await run('server.start');
    await clearDesk(api);
  });

  it('stops with all its links and starts again', async () => {
    await startBoard(api);
    await run('server.stop');
    assert.equal(api.context('serverStopped'), true);
    assert.equal(api.context('virtualBoardRunning'), false);
    assert.match(api.status().text, /^\$\(circle-slash\) Slipway$/);
    await row(api, /^virtual-board \| offline/);
    await run('server.start');
    assert.equal(api.context('serverRunning'), true);
    await startBoard(api);
  });

  it('is started by whoever wants a board', async () => {
    await run('server.stop');
    await startBoard(api);
    assert.equal(api.context('serverRunning'), true);
  });

  it('has a log to look at', async () => {
    await run('log.show');
    await until(
      () => window.visibleTextEditors.some(({ document }) => document.uri.scheme === 'output'),
      'the log',
    );
  });

  it('has a tour', async () => {
    await run('walkthrough.open');
    const tour = await until(
      () => window.tabGroups.activeTabGroup.tabs.find(({ label }) => /Walkthrough|Welcome/.test(label)),
      'the walkthrough',
    );
    await window.tabGroups.close(tour);
  });
});
