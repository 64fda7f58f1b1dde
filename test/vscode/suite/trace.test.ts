import assert from 'node:assert/strict';
import { Uri, window, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import { boardNode, clearDesk, folder, run, slipway, startBoard } from '../support/slipway';

describe('the trace', function () {
  this.timeout(60_000);
  let api: SlipwayApi;

  before(async () => {
    api = await slipway();
  });
  afterEach(() => clearDesk(api));

  it('has what a board and Slipway say, opens on the board, is exported and cleared', async () => {
    await run('trace.clear');
    await startBoard(api);
    await run('trace.show', boardNode('virtual-board'));
    await until(
      () => window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === 'Trace')),
      'the tab',
    );
    await until(() => api.trace().some(({ about }) => about.startsWith('/5/0')), 'a read of object 5');
    const rows = api.trace();
    assert.ok(rows.some(({ code, about, sent }) => code === 'POST' && about === '/rd' && !sent));
    assert.ok(rows.some(({ code, rtt }) => code === '2.05 Content' && rtt !== undefined));
    assert.deepEqual([...new Set(rows.map(({ board }) => board))], ['virtual-board']);

    const file = Uri.joinPath(folder(), 'trace.pcapng');
    await run('trace.export', file);
    const bytes = await workspace.fs.readFile(file);
    assert.deepEqual([...bytes.subarray(0, 4)], [0x0a, 0x0d, 0x0d, 0x0a]);
    await workspace.fs.delete(file);

    await run('boards.refresh');
    await run('trace.clear');
    assert.equal(api.trace().length, 0);
  });
});
