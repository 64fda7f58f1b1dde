import assert from 'node:assert/strict';
import { type QuickPickItem, type Uri, window, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import { packageFile } from '../support/firmware';
import { boardNode, run, slipway, startBoard, withSetting } from '../support/slipway';
import { userAtDesk } from '../support/user';

const names = ['several-1', 'several-2', 'several-3'];

describe('an update of several boards', function () {
  this.timeout(120_000);
  let api: SlipwayApi;
  const user = userAtDesk();
  let file: Uri;

  before(async () => {
    api = await slipway();
    file = await packageFile('several.suit');
  });
  after(() => workspace.fs.delete(file));

  const choosesPackage = (): void => {
    user.picks(/Push a signed package/, /Choose a file/).choosesFile(/Push a signed package/, file);
  };

  /** As the tree calls its commands on a selection. */
  const pushSelected = (): Promise<void> => {
    choosesPackage();
    return run('firmware.pushSeveral', boardNode(names[0]!), names.map(boardNode));
  };

  it('brings each to the new version, with one line in the status bar and no message', async () => {
    for (const name of names) await startBoard(api, { name });
    const seen = new Set<string>();
    const watch = setInterval(() => seen.add(api.status().text), 5);
    try {
      await withSetting('update.concurrency', 1, pushSelected);
    } finally {
      clearInterval(watch);
    }
    await until(() => api.status().text === '$(check) 3 of 3 updated', 'the end in the status bar');
    assert.ok([...seen].includes('$(sync~spin) 1 of 3 updated'), [...seen].join(', '));
    assert.deepEqual(
      api.panel().batch?.rows.map(({ board, phase, percent }) => [board, phase, percent]),
      names.map((name) => [name, 'Succeeded', 100]),
    );
    const records = api.history().slice(0, 3);
    assert.deepEqual(records.map(({ board }) => board).reverse(), names);
  });

  it('brings one message that names the boards that failed, and updates the others', async () => {
    await startBoard(api, { name: names[0]! });
    await startBoard(api, { name: names[1]!, faults: { downloadResult: 5 } });
    await startBoard(api, { name: names[2]! });
    await pushSelected();
    await until(() => user.messages.length > 0, 'a message');
    const { text, buttons } = user.takeMessage();
    assert.deepEqual(buttons, ['Show Panel']);
    assert.equal(text, '1 of 3 boards was not updated: several-2. The panel says why.');
    assert.deepEqual(
      api.panel().batch?.rows.map(({ board, tone }) => [board, tone]),
      [
        ['several-1', 'good'],
        ['several-2', 'bad'],
        ['several-3', 'good'],
      ],
    );
  });

  it('is cancelled as a whole, those that wait among it', async () => {
    for (const name of names) await startBoard(api, { name, lineRate: 115_200 });
    const pushing = withSetting('update.concurrency', 1, pushSelected);
    await until(() => api.panel().batch?.rows[0]?.phase === 'Pushing', 'the first push');
    await run('update.cancel', boardNode(names[1]!));
    await run('update.cancelAll');
    await pushing;
    assert.equal(api.panel().batch?.summary, '0 of 3 updated, 3 cancelled');
  });

  it('lets the user tick the boards, the one of the row at first, and leave it', async () => {
    for (const name of names) await startBoard(api, { name });
    const { createQuickPick } = window;
    const shown: (readonly unknown[])[] = [];
    Object.assign(window, {
      createQuickPick: () => {
        const picker = createQuickPick<QuickPickItem>();
        const show = picker.show.bind(picker);
        picker.show = () => {
          const labels = (items: readonly QuickPickItem[]): string[] => items.map(({ label }) => label);
          shown.push([picker.canSelectMany, labels(picker.items).length, labels(picker.selectedItems)]);
          show();
          picker.hide();
        };
        return picker;
      },
    });
    try {
      await run('firmware.pushSeveral', boardNode(names[1]!));
    } finally {
      Object.assign(window, { createQuickPick });
    }
    assert.deepEqual(shown, [[true, 3, ['$(circuit-board) several-2']]]);
    assert.equal(api.context('updating'), false);
  });
});
