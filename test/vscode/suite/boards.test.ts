import assert from 'node:assert/strict';
import { CancellationTokenSource, type Terminal, type ThemeIcon, env, window } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { until } from '../../unit/support/until';
import {
  boardNode,
  boardRow,
  panelBoard,
  row,
  rows,
  run,
  slipway,
  startBoard,
  treeText,
} from '../support/slipway';
import { userAtDesk } from '../support/user';

async function consoleOf(board: string): Promise<Terminal> {
  return await until(
    () => (window.activeTerminal?.name === board ? window.activeTerminal : undefined),
    `the console of ${board}`,
  );
}

async function close(terminal: Terminal): Promise<void> {
  terminal.dispose();
  await until(() => !window.terminals.includes(terminal), 'the end of the terminal');
}

describe('boards', () => {
  let api: SlipwayApi;
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
  });

  it('show up when they register, with their objects and live values', async () => {
    await startBoard(api);
    const firmware = await until(async () => {
      const text = await treeText(api);
      return text.includes('Initial') && text.includes('Update Result') ? text : undefined;
    }, 'the values of all objects');
    assert.match(firmware, /^virtual-board \| online · 1\.0\.0 · virtual\n {2}Firmware Update \| Idle\n/);
    assert.match(firmware, /\n {4}Instance 0 \| Idle\n/);
    assert.match(firmware, /\n {6}State \| Idle\n/);
    assert.match(firmware, /\n {2}Software Management \| /);
    assert.doesNotMatch(firmware, /\n {2}Software Component/, 'below the software that links to it');
  });

  it('have icons by state, words for menus and labels for screen readers', async () => {
    await startBoard(api);
    const board = await boardRow(api, 'virtual-board');
    assert.ok(board);
    assert.deepEqual((board.item.iconPath as ThemeIcon).id, 'circuit-board');
    assert.deepEqual(board.item.contextValue?.split(' '), [
      'board',
      'online',
      'updatable',
      'bootstrappable',
      'idle',
      'virtual',
      'console',
    ]);
    assert.equal(
      board.item.accessibilityInformation?.label,
      'board virtual-board, online, runs version 1.0.0, virtual',
    );
    const state = await row(api, /^ {6}State \| Idle$/);
    assert.equal(state.item.contextValue, 'resource valued readable observable online');
    assert.equal(state.item.accessibilityInformation?.label, 'State: Idle');
    for (const { node, item } of await rows(api)) {
      const parent = await api.boards.getParent?.(node);
      // A link without boards stands beside them: UDP does where another program has the port.
      const isRoot = node.kind === 'board' || node.kind === 'link';
      assert.equal(parent === undefined || parent === null, isRoot, item.id);
      assert.ok(item.iconPath && item.accessibilityInformation?.label, item.id);
      const cancel = new CancellationTokenSource().token;
      assert.ok((await api.boards.resolveTreeItem?.(item, node, cancel))?.tooltip, item.id);
    }
  });

  it('are in status bar, panel and context', async () => {
    await startBoard(api);
    await until(() => api.status().text === '$(circuit-board) virtual-board 1.0.0', 'the status');
    assert.deepEqual(panelBoard(api, 'virtual-board').actions, ['ship', 'push', 'reset', 'console']);
    assert.equal(panelBoard(api, 'virtual-board').machine.length, 4);
    assert.equal(api.context('boardOnline'), true);
    await startBoard(api, { name: 'second' });
    await until(() => api.status().text === '$(circuit-board) 2 boards', 'both of them');
  });

  it('go offline when they are stopped, and away when they are removed', async () => {
    await startBoard(api);
    await run('board.stopVirtual');
    await row(api, /^virtual-board \| offline · /);
    assert.equal(api.context('boardOnline'), false);
    assert.equal(api.context('virtualBoardRunning'), false);
    await run('board.forget');
    assert.equal(await treeText(api), '');
    assert.equal(api.context('boardKnown'), false);
  });

  it('are asked for where there are several', async () => {
    await startBoard(api, { name: 'one' });
    await startBoard(api, { name: 'two' });
    user.picks(/^Stop$/, /^two$/);
    await run('board.stopVirtual');
    await row(api, /^two \| offline/);
    await row(api, /^one \| online/);
  });

  it('are read again by Refresh', async () => {
    await startBoard(api);
    await run('boards.refresh');
    await run('boards.refresh', boardNode('virtual-board'));
    await run('boards.refresh', { kind: 'object', board: 'virtual-board', objectId: 5 });
    await row(api, /^virtual-board \| online · 1\.0\.0/);
  });

  it('have values that can be copied', async () => {
    await startBoard(api);
    const protocols = await row(api, /Delivery Method \| /);
    await run('resource.copyValue', protocols.node);
    assert.match(await env.clipboard.readText(), /^\d$/);
  });

  it('have a console that works both ways', async () => {
    await startBoard(api);
    assert.match(api.consoleText('virtual-board') ?? '', /boot: slot A, version 1\.0\.0\r\n/);
    await run('board.openConsole');
    const terminal = await consoleOf('virtual-board');
    terminal.sendText('version');
    await until(
      () => (api.consoleText('virtual-board') ?? '').endsWith('version\r\n1.0.0\r\n> '),
      'its answer',
    );
    await run('board.openConsole', boardNode('virtual-board'));
    assert.equal(window.terminals.filter(({ name }) => name === 'virtual-board').length, 1);
    await close(terminal);
  });

  it('come back after a reboot by hand', async () => {
    await startBoard(api);
    await run('board.openConsole');
    const terminal = await consoleOf('virtual-board');
    terminal.sendText('reboot');
    await until(
      () => (api.consoleText('virtual-board') ?? '').split('boot: slot').length === 3,
      'a second boot',
    );
    await row(api, /^virtual-board \| online · 1\.0\.0/);
    await close(terminal);
  });

  it('keep registering when many frames are lost or damaged', async () => {
    await run('board.startVirtual', {
      name: 'noisy',
      lineRate: 0,
      faults: { impairments: { loss: 0.2, corruption: 0.1 }, seed: 7 },
    });
    await until(async () => (await treeText(api)).startsWith('noisy | online · 1.0.0'), 'the board', 40_000);
  });

  it('that do not exist are told apart from those that do', async () => {
    await run('board.openConsole', boardNode('nobody'));
    const { text, buttons } = user.takeMessage();
    assert.match(text, /nobody/);
    assert.deepEqual(buttons, ['Connect Port…', 'Show Log']);
  });
});
