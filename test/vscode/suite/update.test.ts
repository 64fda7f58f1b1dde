import assert from 'node:assert/strict';
import { Uri, window, workspace } from 'vscode';
import type { Faults } from '../../../src/board/faults';
import type { SlipwayApi } from '../../../src/ui/api';
import { updateResultText } from '../../../src/ui/update-result-wording';

import { until } from '../../unit/support/until';
import { packageFile, read, signedPackage, write } from '../support/firmware';
import {
  boardNode,
  boardRow,
  folder,
  panelBoard,
  row,
  run,
  slipway,
  startBoard,
  withSetting,
} from '../support/slipway';
import { userAtDesk } from '../support/user';

/** Slow enough to see a push go on, bit/s. */
const slowLine = 230_400;

describe('an update', function () {
  this.timeout(90_000);
  let api: SlipwayApi;
  const user = userAtDesk();
  let file: Uri;

  before(async () => {
    api = await slipway();
    file = await packageFile('release.suit');
  });

  async function underWay(): Promise<void> {
    await until(() => {
      const { update } = panelBoard(api, 'virtual-board');
      return update?.running && update.percent > 5;
    }, 'some progress');
  }

  after(async () => {
    await workspace.fs.delete(file);
  });

  it('goes from source to a running image in one command', async () => {
    await startBoard(api);
    await write('VERSION', '1.2.3\n');
    await run('firmware.ship');
    await row(api, /^virtual-board \| online · 1\.2\.3 · virtual$/);
    assert.match(api.consoleText('virtual-board') ?? '', /boot: slot B, version 1\.2\.3/);
    const [record] = api.history();
    assert.equal(record?.outcome, 'succeeded');
    assert.deepEqual([record?.fromVersion, record?.toVersion], ['1.0.0', '1.2.3']);
    assert.equal(api.context('updated'), true);
  });

  it('is checked before its first byte, which the panel tells check by check', async () => {
    await startBoard(api);
    await run('firmware.push', file, boardNode('virtual-board'));
    const { checks = [] } = panelBoard(api, 'virtual-board');
    assert.deepEqual(
      checks.filter(({ verdict }) => verdict !== 'passed'),
      [],
    );
    assert.deepEqual(
      checks.map(({ title }) => title),
      [
        'Firmware Update',
        'State',
        'Delivery',
        'Room',
        'Version',
        'Sequence number',
        'Vendor',
        'Class',
        'Key',
      ],
    );
    await withSetting('signing.className', 'something-else', async () => {
      await run('firmware.push', file, boardNode('virtual-board'));
    });
    const failed = panelBoard(api, 'virtual-board').checks?.filter(({ verdict }) => verdict === 'failed');
    assert.deepEqual(
      failed?.map(({ title, tone }) => [title, tone]),
      [['Class', 'bad']],
    );
    assert.match(user.takeMessage().text, /would refuse the package: it is for class/);
    const [record] = api.history();
    assert.deepEqual([record?.phase, record?.error?.code], ['preflight', 'update.class-mismatch']);
  });

  it('to an older version goes on only if the user says so', async () => {
    await startBoard(api);
    const old = await signedPackage('0.9.0');
    user.agrees(/runs 1\.0\.0, and the package has the older 0\.9\.0/, 'Cancel');
    await run('firmware.push', old, boardNode('virtual-board'));
    assert.equal(api.history()[0]?.error?.code, 'update.downgrade');
    assert.match(user.takeMessage().text, /the older 0\.9\.0/);
    user.agrees(/the older 0\.9\.0/, 'Push Anyway');
    await run('firmware.push', old, boardNode('virtual-board'));
    await row(api, /^virtual-board \| online · 0\.9\.0 · virtual$/);
  });

  it('is told by status bar, tree and panel from its first block to its end', async () => {
    await startBoard(api, { lineRate: slowLine });
    const statuses = new Set<string>();
    const descriptions = new Set<string>();
    const states = new Set<number | undefined>();
    const pushed = run('firmware.push', file, boardNode('virtual-board'));
    let ended = false;
    void pushed.then(() => (ended = true));
    await until(
      async () => {
        statuses.add(api.status().text);
        descriptions.add(String((await boardRow(api, 'virtual-board'))?.item.description));
        states.add(panelBoard(api, 'virtual-board').state);
        return ended;
      },
      'the end',
      60_000,
    );

    const percents = [...statuses]
      .flatMap((text) => /^\$\(sync~spin\) (\d+) %/.exec(text)?.[1] ?? [])
      .map(Number);
    assert.ok(percents.length > 10, [...statuses].join('\n'));
    assert.deepEqual(
      percents,
      percents.toSorted((a, b) => a - b),
    );
    assert.ok([...statuses].some((text) => /^\$\(sync~spin\) \d+ % · \d+\.\d kB\/s$/.test(text)));
    assert.ok(statuses.has('$(sync~spin) Waiting for the reboot'), [...statuses].join('\n'));
    assert.ok([...descriptions].some((text) => /^\d+ % · \d+\.\d kB\/s · 1\.0\.0 · virtual$/.test(text)));
    assert.ok(states.has(1), [...states].join());
    assert.equal(api.status().text, '$(check) virtual-board 1.0.1');
    assert.match(api.status().tooltip, /^virtual-board was updated in /);

    const { update, news, machine, state, actions } = panelBoard(api, 'virtual-board');
    assert.deepEqual(
      machine.map(({ name }) => name),
      ['Idle', 'Downloading', 'Downloaded', 'Updating'],
    );
    assert.equal(news?.tone, 'good');
    assert.match(news?.text ?? '', /It runs 1\.0\.1/);
    assert.equal(update?.running, false);
    assert.equal(update?.percent, 100);
    assert.ok((update?.samples.length ?? 0) > 10);
    assert.deepEqual(actions, ['ship', 'push', 'reset', 'console']);
    await until(() => panelBoard(api, 'virtual-board').state === 0, `Idle, not ${state}`);
  });

  it('shows in the panel while it runs, and lets itself be cancelled', async () => {
    await startBoard(api, { lineRate: 57_600 });
    const pushed = run('firmware.push', file);
    await underWay();
    const { update, news, actions, state } = panelBoard(api, 'virtual-board');
    assert.deepEqual([update?.running, update?.packageName, news?.tone], [true, 'release.suit', 'busy']);
    assert.match(update?.progressText ?? '', /^\d+ % · .*B\/s · .* left$/);
    assert.deepEqual(actions, ['cancel', 'console']);
    assert.equal(state, 1);
    assert.equal(api.context('updating'), true);
    assert.match((await boardRow(api, 'virtual-board'))?.item.contextValue ?? '', /\bupdating\b/);

    await run('update.cancel');
    await pushed;
    assert.equal(api.history()[0]?.outcome, 'cancelled');
    assert.equal(api.context('updating'), false);
    await row(api, /^virtual-board \| online · 1\.0\.0/);
    assert.equal(panelBoard(api, 'virtual-board').news?.tone, 'warning');
    // What the user did is no news: no message.
  });

  it('is cancelled by closing its terminal', async () => {
    await startBoard(api, { lineRate: 57_600 });
    const pushed = run('firmware.push', file);
    await underWay();
    window.terminals.find(({ name }) => name.includes('push'))?.dispose();
    await pushed;
    await until(() => api.history()[0]?.outcome === 'cancelled', 'the record');
  });

  it('is the only one of its board', async () => {
    await startBoard(api, { lineRate: 57_600 });
    const pushed = run('firmware.push', file);
    await until(() => api.context('updating'), 'the first');
    await run('firmware.push', file, boardNode('virtual-board'));
    const { text, buttons } = user.takeMessage();
    assert.match(text, /virtual-board/);
    assert.deepEqual(buttons, ['Show Update Panel', 'Show Log']);
    await run('update.cancel', boardNode('virtual-board'));
    await pushed;
  });

  it('runs on several boards at once', async () => {
    await startBoard(api, { name: 'one', lineRate: slowLine });
    await startBoard(api, { name: 'two', lineRate: slowLine });
    user.picks(/^Push to$/, /one$/).picks(/^Push to$/, /two$/);
    const first = run('firmware.push', file);
    await until(() => api.context('updating'), 'the first');
    const second = run('firmware.push', file);
    await until(() => api.status().text === '$(sync~spin) 2 updates', 'both');
    await Promise.all([first, second]);
    await row(api, /^one \| online · 1\.0\.1/);
    await row(api, /^two \| online · 1\.0\.1/);
  });

  describe('that fails', () => {
    const results: readonly (readonly [result: number, faults: Faults])[] = [
      ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map((result) => [result, { downloadResult: result }] as const),
      [8, { updateResult: 8 }],
    ];
    for (const [result, faults] of results) {
      it(`is explained: Update Result ${result}, ${Object.keys(faults).join()}`, async () => {
        await startBoard(api, { faults });
        await run('firmware.push', file);
        const { text: words, remedy } = updateResultText(result);
        const { text, buttons } = user.takeMessage();
        assert.ok(text.toLowerCase().includes(words.toLowerCase()), text);
        assert.ok(text.includes(remedy), text);
        assert.ok(text.includes('virtual-board'), text);
        assert.deepEqual(buttons, ['Open Console', 'Show Update Panel', 'Show Log']);
        const [record] = api.history();
        assert.deepEqual([record?.outcome, record?.updateResult], ['failed', result]);
        const board = panelBoard(api, 'virtual-board');
        assert.deepEqual([board.news?.tone, board.news?.remedy?.includes(remedy)], ['bad', true]);
        assert.match(api.status().text, /^\$\(error\) virtual-board: failed$/);
        assert.equal(api.status().kind, 'error');
        assert.ok(api.panel().history[0]?.reason?.includes(remedy));
      });
    }

    it('because the board trusts another key', async () => {
      await startBoard(api);
      const bytes = await workspace.fs.readFile(file);
      const damaged = Uri.joinPath(folder(), 'build', 'damaged.suit');
      await workspace.fs.writeFile(damaged, bytes.with(-1, bytes.at(-1)! ^ 0xff));
      await run('firmware.push', damaged);
      assert.ok(user.takeMessage().text.includes(updateResultText(5).remedy));
    });

    it('because the board rolled back', async () => {
      await startBoard(api, { faults: { rollsBack: true } });
      await run('firmware.push', file);
      assert.ok(user.takeMessage().text.includes(updateResultText(8).remedy));
      await row(api, /^virtual-board \| online · 1\.0\.0/);
    });

    it('because the board never came back', async () => {
      await startBoard(api, { faults: { neverReturns: true } });
      await withSetting('update.timeouts.reboot', 1, () => run('firmware.push', file));
      const { text, buttons } = user.takeMessage();
      assert.match(text, /reboot/);
      assert.deepEqual(buttons, ['Open Console', 'Open Settings', 'Show Update Panel', 'Show Log']);
    });

    it('because the board lost power on the way', async () => {
      await startBoard(api, { faults: { resetAtBlock: 20 } });
      await run('firmware.push', file);
      const { text } = user.takeMessage();
      assert.match(text, /virtual-board/);
      assert.equal(api.history()[0]?.outcome, 'failed');
      await row(api, /^virtual-board \| online · 1\.0\.0/);
    });
  });

  it('that is put off says so, and can be cancelled meanwhile', async () => {
    await startBoard(api, { faults: { updateResult: 11 } });
    const pushing = run('firmware.push', file);
    await until(() => api.status().text.includes('Put off by the board'), 'the deferral');
    await until(() => panelBoard(api, 'virtual-board').state === 2, 'Downloaded');
    await run('update.cancel');
    await pushing;
    await until(() => panelBoard(api, 'virtual-board').state === 0, 'Idle');
    assert.equal(api.history()[0]?.outcome, 'cancelled');
  });

  it('that is put off goes on when the board is ready', async () => {
    await startBoard(api, { faults: { deferMs: 50 } });
    await run('firmware.push', file);
    await row(api, /^virtual-board \| online · 1\.0\.1/);
  });

  it('is fetched by the board where the user wants that', async () => {
    await startBoard(api);
    await withSetting('update.delivery', 'pull', () => run('firmware.push', file));
    await row(api, /^virtual-board \| online · 1\.0\.1/);
  });

  it('enters the history, which can be exported', async () => {
    const target = Uri.joinPath(folder(), 'build', 'history.json');
    user.choosesFile(/Export the update history/, target);
    await run('update.exportHistory');
    const { format, records } = JSON.parse(await read('build/history.json')) as {
      format: string;
      records: unknown[];
    };
    assert.equal(format, 'slipway-update-history');
    assert.deepEqual(records, JSON.parse(JSON.stringify(api.history())));
    assert.ok(records.length > 0);
    assert.equal(window.activeTextEditor?.document.uri.fsPath, target.fsPath);
  });

  it('is not exported when the user changes their mind', async () => {
    user.dismisses(/Export the update history/);
    await run('update.exportHistory');
  });
});
