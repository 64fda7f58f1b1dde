import assert from 'node:assert/strict';
import { commands, extensions } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { slipway, treeText } from '../support/slipway';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly languageModelTools: readonly { readonly name: string }[];
  };
}

describe('activation', () => {
  let api: SlipwayApi;

  before(async () => {
    api = await slipway();
  });

  it('registers every command it contributes', async () => {
    const { contributes } = extensions.getExtension('slipway.slipway')?.packageJSON as Manifest;
    const registered = new Set(await commands.getCommands(true));
    const missing = contributes.commands.filter(({ command }) => !registered.has(command));
    assert.ok(contributes.commands.length > 20);
    assert.deepEqual(missing, []);
  });

  it('begins with an empty desk and a server that runs', async () => {
    assert.equal(await treeText(api), '');
    assert.deepEqual(api.panel(), { boards: [], hiddenBoards: 0, history: [], olderRecords: 0 });
    assert.equal(api.context('serverRunning'), true);
    assert.equal(api.context('boardKnown'), false);
  });

  it('says so in the status bar', () => {
    assert.deepEqual(api.status(), {
      text: '$(plug) No board',
      tooltip: 'No board is registered with Slipway.',
      kind: 'normal',
    });
  });
});
