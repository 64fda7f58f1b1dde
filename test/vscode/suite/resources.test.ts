import assert from 'node:assert/strict';
import { type ThemeIcon, env } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import type { TreeNode } from '../../../src/ui/tree-row';
import { until } from '../../unit/support/until';
import { row, rows, run, slipway, startBoard, treeText } from '../support/slipway';
import { userAtDesk } from '../support/user';

const board = 'virtual-board';
const at = (path: string): TreeNode => ({ kind: 'resource', board, path });

describe('objects and resources', () => {
  let api: SlipwayApi;
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
  });

  beforeEach(async () => {
    await startBoard(api);
  });

  async function contextOf(pattern: RegExp): Promise<string> {
    return (await row(api, pattern)).item.contextValue ?? '';
  }

  it('of all kinds are below the board, read when they are looked at', async () => {
    await row(api, /^ {2}More objects \| \d objects$/);
    await row(api, /^ {4}Device \| \/3$/);
    await row(api, /^ {8}Manufacturer \| Slipway$/);
    await row(api, /^ {8}Reboot \| executable$/);
    await row(api, /^ {8}Memory Free \| \d+ KB$/);
    await row(api, /^ {8}Lifetime \| \d+ s$/);
    assert.equal(await contextOf(/^ {8}Reboot /), 'resource executable online');
    assert.equal(
      await contextOf(/^ {8}Current Time /),
      'resource valued readable observable writable online',
    );
    for (const { node, item } of await rows(api)) {
      const parent = await api.boards.getParent?.(node);
      assert.equal(!parent, node.kind === 'board' || node.kind === 'link', item.id);
      assert.ok(item.iconPath && item.accessibilityInformation?.label, item.id);
    }
  });

  it('are read, and written after a check of what was typed', async () => {
    await run('resource.read', at('/3/0/0'));
    user.types(/^Write Current Time \(\/3\/0\/13\) on virtual-board$/, '2031-02-03T04:05:06Z');
    await run('resource.write', at('/3/0/13'));
    await row(api, /^ {8}Current Time \| 2031-02-03 04:05/);
    user.types(/^Write Lifetime/, '120');
    await run('resource.write', at('/1/0/1'));
    await row(api, /^ {8}Lifetime \| 120 s$/);
    user.picks(/^Write Notification Storing/, /^false$/);
    await run('resource.write', at('/1/0/6'));
    await row(api, /^ {8}Notification Storing.* \| false$/);
  });

  it('tell in words what the board refuses, also for a path that was typed', async () => {
    user.types(/^Write$/, '/3/0/0').types(/^Write Manufacturer/, 'Mine');
    await run('resource.write');
    const { text } = user.takeMessage();
    assert.match(text, /answered PUT \/3\/0\/0 with 4\.05 Method Not Allowed/);
    assert.match(text, /read-only/);
    await run('resource.read', at('/3/0/4'));
    assert.match(user.takeMessage().text, /GET \/3\/0\/4 with 4\.05.*can’t be read/s);
    await run('resource.read', at('/3/0/22'));
    assert.match(user.takeMessage().text, /4\.04 Not Found/);
  });

  it('are executed, with arguments where they are asked for', async () => {
    await run('resource.execute', at('/3/0/12'));
    user.types(/^Arguments of Reset Error Code/, "0='1'");
    await run('resource.executeWith', at('/3/0/12'));
    user.agrees(/^Reset virtual-board to its factory settings/, 'nothing');
    await run('resource.execute', at('/3/0/5'));
    assert.equal((api.consoleText(board) ?? '').split('boot: slot').length, 2);
    await run('resource.execute', at('/3/0/4'));
    await until(() => (api.consoleText(board) ?? '').split('boot: slot').length === 3, 'a second boot');
    await row(api, /^virtual-board \| online · 1\.0\.0/);
  });

  it('stay observed until told otherwise, also through a reboot', async () => {
    await run('resource.observe', at('/3/0/3'));
    const observed = await row(api, /^ {8}Firmware Version \| 1\.0\.0$/);
    assert.equal((observed.item.iconPath as ThemeIcon).id, 'eye');
    assert.match(observed.item.contextValue ?? '', /\bobserved\b/);
    await run('resource.execute', at('/3/0/4'));
    await until(() => (api.consoleText(board) ?? '').split('boot: slot').length === 3, 'a second boot');
    await row(api, /^virtual-board \| online · 1\.0\.0/);
    assert.match(await contextOf(/^ {8}Firmware Version \|/), /\bobserved\b/);
    await run('resource.stopObserving', at('/3/0/3'));
    assert.match(await contextOf(/^ {8}Firmware Version \|/), /\bobservable\b/);
  });

  it('take attributes for their notifications, show them and lose them again', async () => {
    const memory = at('/3/0/10');
    user.types(/^Notifications of Memory Free/, 'pmin=5 pmax=60');
    await run('resource.setAttributes', memory);
    user.types(/^Notifications of Memory Free/, 'pmax=60');
    await run('resource.setAttributes', memory);
    assert.deepEqual(user.messages, []);
  });

  it('come and go', async () => {
    const object: TreeNode = { kind: 'object', board, objectId: 19 };
    user
      .types(/^Create an instance of BinaryAppDataContainer/, '3')
      .types(/^Data of the new instance/, '01 02');
    await run('object.createInstance', object);
    await row(api, /^ {6}Instance 3 \| \/19\/3$/);
    await row(api, /^ {10}\[0\] \| 01 02$/);
    user.types(/^Write Data/, '1').types(/^Write Data.*\/19\/3\/0\/1/, 'ff');
    await run('resource.write', at('/19/3/0'));
    await row(api, /^ {10}\[1\] \| ff$/);
    const instance: TreeNode = { kind: 'instance', board, objectId: 19, instanceId: 3 };
    user.agrees(/^Delete .*\/19\/3/, 'Delete');
    await run('instance.delete', instance);
    await until(async () => !(await treeText(api)).includes('/19/3'), 'its end');
  });

  it('can be copied, path and value', async () => {
    await run('resource.copyPath', at('/3/0/0'));
    assert.equal(await env.clipboard.readText(), '/3/0/0');
    await row(api, /^ {8}Manufacturer \| Slipway$/);
    await run('resource.copyValue', at('/3/0/0'));
    assert.equal(await env.clipboard.readText(), 'Slipway');
  });
});
