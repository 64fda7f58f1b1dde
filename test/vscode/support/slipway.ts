import assert from 'node:assert/strict';
import { type TreeItem, type Uri, commands, extensions, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import type { PanelBoard } from '../../../src/ui/panel-protocol';
import type { TreeNode } from '../../../src/ui/tree-row';
import type { VirtualBoardRequest } from '../../../src/ui/virtual-board-request';
import { until } from '../../unit/support/until';

/** The extension under test, activated. */
export async function slipway(): Promise<SlipwayApi> {
  const extension = extensions.getExtension<SlipwayApi>('slipway.slipway');
  assert.ok(extension, 'the extension is there');
  return await extension.activate();
}

/** Runs one of the extension's commands and waits for its end. */
export async function run(command: string, ...args: unknown[]): Promise<void> {
  await commands.executeCommand(`slipway.${command}`, ...args);
}

/** The folder of the sample project that the tests work in. */
export function folder(): Uri {
  const [first] = workspace.workspaceFolders ?? [];
  assert.ok(first, 'a folder is open');
  return first.uri;
}

/** A row of the tree with the node that it stands for. */
export interface Row {
  readonly node: TreeNode;
  readonly item: TreeItem;
  /** `label | description`, indented by its level. */
  readonly text: string;
}

/** The whole tree as VS Code would show it with everything open. */
export async function rows(api: SlipwayApi, node?: TreeNode, level = 0): Promise<Row[]> {
  const children = (await api.boards.getChildren(node)) ?? [];
  const nested = await Promise.all(
    children.map(async (child): Promise<Row[]> => {
      const item = await api.boards.getTreeItem(child);
      const texts = [item.label, item.description].filter((text) => typeof text === 'string');
      const row: Row = { node: child, item, text: `${'  '.repeat(level)}${texts.join(' | ')}` };
      return [row, ...(await rows(api, child, level + 1))];
    }),
  );
  return nested.flat();
}

export async function treeText(api: SlipwayApi): Promise<string> {
  return (await rows(api)).map(({ text }) => text).join('\n');
}

/** Waits until a row's text matches, and gives it. */
export async function row(api: SlipwayApi, pattern: RegExp): Promise<Row> {
  return await until(
    async () => (await rows(api)).find(({ text }) => pattern.test(text)),
    `a row ${String(pattern)}`,
  );
}

/** The row of a board, by its endpoint name. */
export async function boardRow(api: SlipwayApi, name: string): Promise<Row | undefined> {
  return (await rows(api)).find(({ node }) => node.kind === 'board' && node.board === name);
}

export function boardNode(board: string): TreeNode {
  return { kind: 'board', board };
}

export function panelBoard(api: SlipwayApi, name: string): PanelBoard {
  const board = api.panel().boards.find((candidate) => candidate.name === name);
  assert.ok(board, `the panel has ${name}`);
  return board;
}

/** Powers a virtual board on that is as fast as it goes, and waits until its values are known. */
export async function startBoard(api: SlipwayApi, request: VirtualBoardRequest = {}): Promise<string> {
  const name = request.name ?? 'virtual-board';
  await run('board.startVirtual', { lineRate: 0, rebootMs: 20, ...request });
  await until(async () => {
    const description = (await boardRow(api, name))?.item.description;
    return typeof description === 'string' && description.startsWith('online · 1.0.0');
  }, `${name} with its version`);
  await until(() => panelBoard(api, name).state === 0, `${name} with its update state`);
  return name;
}

/** Takes every virtual board away and out of the view. */
export async function clearDesk(api: SlipwayApi): Promise<void> {
  while (api.context('virtualBoardRunning')) {
    const virtual = (await rows(api)).find(({ item }) => /\bvirtual\b/.test(item.contextValue ?? ''));
    assert.ok(virtual?.node.kind === 'board', 'a virtual board runs');
    await run('board.stopVirtual', virtual.node);
    await run('board.forget', virtual.node);
  }
  for (const { node } of await rows(api)) if (node.kind === 'board') await run('board.forget', node);
}

/** Changes a setting of the workspace; undefined takes the change back. */
export async function set(name: string, value: unknown): Promise<void> {
  await workspace.getConfiguration('slipway').update(name, value);
}

/** Changes a setting of the workspace for as long as `work` takes. */
export async function withSetting<T>(name: string, value: unknown, work: () => Promise<T>): Promise<T> {
  const before = workspace.getConfiguration('slipway').inspect(name)?.workspaceValue;
  await set(name, value);
  try {
    return await work();
  } finally {
    await set(name, before);
  }
}
