import assert from 'node:assert/strict';
import { LanguageModelTextPart, lm } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { clearDesk, slipway, startBoard } from '../support/slipway';

async function invoke(name: string, input: object): Promise<unknown> {
  const { content } = await lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [part] = content;
  assert.ok(part instanceof LanguageModelTextPart);
  return JSON.parse(part.value);
}

describe('tools for language models', () => {
  let api: SlipwayApi;

  before(async () => {
    api = await slipway();
  });

  afterEach(() => clearDesk(api));

  it('list the boards', async () => {
    assert.deepEqual(await invoke('slipway_listBoards', {}), []);
    await startBoard(api);
    assert.deepEqual(await invoke('slipway_listBoards', {}), [
      { board: 'virtual-board', link: 'virtual-board', online: true, version: '1.0.0' },
    ]);
  });

  it('tell how an update stands', async () => {
    await startBoard(api);
    const answer = (await invoke('slipway_updateState', { board: 'virtual-board' })) as Record<
      string,
      unknown
    >;
    assert.deepEqual([answer.board, answer.version, answer.state], ['virtual-board', '1.0.0', 'Idle']);
  });

  it('say in words what is wrong', async () => {
    const answer = (await invoke('slipway_updateState', { board: 'nobody' })) as { error: string };
    assert.match(answer.error, /nobody/);
  });
});
