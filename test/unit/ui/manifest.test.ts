import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rowOf } from '../../../src/ui/boards-model';
import { type BoardWish, boardsSource, shownBoard, updateProgress } from './shown-board';

const root = join(__dirname, '..', '..', '..');
const text = readFileSync(join(root, 'package.json'), 'utf8');
const names = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

const { contributes, capabilities } = JSON.parse(text) as {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly icon?: string }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
};

/** Commands that the context menu of a row with these words offers. */
function offered(words: string): string[] {
  const items = contributes.menus['view/item/context'] ?? [];
  const fits = ({ when = '' }: MenuItem): boolean =>
    [...when.matchAll(/viewItem =~ \/(.+?)\/(?= |$)/g)].every(([, pattern = '']) =>
      new RegExp(pattern).test(words),
    );
  return [...new Set(items.filter(fits).map(({ command }) => command.replace('slipway.', '')))].sort();
}

function wordsOf(wish: BoardWish, updating = false): string {
  const progress = updating ? { 'desk-1': updateProgress() } : {};
  return rowOf(boardsSource({ boards: [shownBoard(wish)], progress }), { kind: 'board', board: 'desk-1' })!
    .contextValue;
}

describe('the manifest', () => {
  it('has a text for every name in it, and no text in vain', () => {
    const used = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, name = '']) => name);
    assert.deepEqual(
      used.filter((name) => !(name in names)),
      [],
    );
    assert.deepEqual(
      Object.keys(names).filter((name) => !used.includes(name)),
      [],
    );
  });

  it('has an icon for each command in a menu of icons', () => {
    const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
    for (const items of Object.values(contributes.menus)) {
      for (const { command, group } of items) {
        assert.ok(icons.has(command), `${command} is a command`);
        if (group?.startsWith('inline') || group?.startsWith('navigation')) {
          assert.ok(icons.get(command), command);
        }
      }
    }
  });

  it('restricts settings that exist', () => {
    const settings = new Set(contributes.configuration.flatMap(({ properties }) => Object.keys(properties)));
    const { restrictedConfigurations } = capabilities.untrustedWorkspaces;
    assert.deepEqual(
      restrictedConfigurations.filter((name) => !settings.has(name)),
      [],
    );
    for (const setting of ['build.command', 'build.artifact', 'signing.key', 'connections']) {
      assert.ok(restrictedConfigurations.includes(`slipway.${setting}`), setting);
    }
  });

  it('declares every setting that is read', () => {
    const source = readFileSync(join(root, 'src', 'ui', 'settings.ts'), 'utf8');
    const settings = new Set(contributes.configuration.flatMap(({ properties }) => Object.keys(properties)));
    const read = [...source.matchAll(/\.get(?:<[^>]+>)?\('([^']+)'/g)].map(([, name]) => `slipway.${name}`);
    assert.ok(read.length > 8);
    assert.deepEqual(
      read.filter((name) => !settings.has(name)),
      [],
    );
  });

  it('offers on each row what can be done there', () => {
    assert.deepEqual(offered(wordsOf({})), [
      'board.openConsole',
      'boards.refresh',
      'firmware.push',
      'firmware.pushSeveral',
      'firmware.ship',
      'port.disconnect',
      'port.release',
      'trace.show',
      'update.forgetProfile',
      'update.reset',
      'update.showPanel',
    ]);
    assert.deepEqual(offered(wordsOf({ kind: 'memory', link: 'memory:x' }, true)), [
      'board.openConsole',
      'board.stopVirtual',
      'boards.refresh',
      'trace.show',
      'update.cancel',
      'update.showPanel',
    ]);
    assert.deepEqual(offered(wordsOf({ online: false, state: 'released' })), [
      'board.forget',
      'board.openConsole',
      'port.disconnect',
      'port.retake',
      'trace.show',
      'update.forgetProfile',
      'update.showPanel',
    ]);
    assert.deepEqual(offered('resource valued readable observable offline'), [
      'resource.copyPath',
      'resource.copyValue',
    ]);
    assert.deepEqual(offered('resource valued readable observable writable online'), [
      'resource.copyPath',
      'resource.copyValue',
      'resource.observe',
      'resource.read',
      'resource.setAttributes',
      'resource.write',
    ]);
    assert.deepEqual(offered('resource executable online'), [
      'resource.copyPath',
      'resource.execute',
      'resource.executeWith',
    ]);
    assert.deepEqual(offered('instance online readable observed deletable'), [
      'instance.delete',
      'resource.copyPath',
      'resource.read',
      'resource.setAttributes',
      'resource.stopObserving',
    ]);
    assert.deepEqual(offered('resources'), ['resource.copyPath']);
    assert.deepEqual(offered('object online'), ['boards.refresh', 'resource.copyPath']);
    assert.deepEqual(offered('note'), []);
    assert.deepEqual(offered('key signs exportable certifiable'), [
      'key.addChain',
      'key.copyId',
      'key.delete',
      'key.exportPublic',
      'key.select',
    ]);
    assert.deepEqual(offered('key'), ['key.copyId', 'key.delete']);
    assert.deepEqual(offered('keyFact'), ['key.copyFact']);
  });

  it('has no use of the context that nobody sets', () => {
    const source = readdirSync(join(root, 'src', 'ui'))
      .map((file) => readFileSync(join(root, 'src', 'ui', file), 'utf8'))
      .join();
    const keys = [...text.matchAll(/"(?:when|enablement)": "([^"]+)"|onContext:([\w.]+)/g)]
      .flatMap(([, when = '', context = '']) => [...`${when} ${context}`.matchAll(/\bslipway\.(\w+)\b/g)])
      .map(([, key = '']) => key);
    const unknown = [...new Set(keys)].filter(
      (key) => !['boards', 'keys'].includes(key) && !source.includes(`  | '${key}'`),
    );
    assert.deepEqual(unknown, []);
  });
});
