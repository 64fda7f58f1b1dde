import {
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  window,
} from 'vscode';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import { chainStatus, daysLeft } from '../manifest/chain-status';
import type { KeyInfo } from '../manifest/stored-key';
import type { KeyRing } from './key-ring';
import { keyFactRow, keyFacts, type KeyNode, keyRow, type KeyUse } from './key-row';
import type { SecretRing } from './secret-ring';
import type { TrustedRoots } from './trusted-roots';
import { errorText } from './wording';

export interface KeysViewHost {
  readonly ring: KeyRing;
  readonly secrets: SecretRing;
  readonly roots: TrustedRoots;
  readonly clock: Clock;
  readonly log: Log;
}

/** The keys view, over `key-row`. What other programs do to the folder shows when the view comes to sight again. */
export class KeysView implements TreeDataProvider<KeyNode>, Disposable {
  private readonly owned = new DisposableStore();
  private readonly changed = this.owned.add(new EventEmitter<undefined>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view = this.owned.add(
    window.createTreeView<KeyNode>('slipway.keys', { treeDataProvider: this, showCollapseAll: true }),
  );
  private shown: ReadonlyMap<string, KeyInfo> = new Map();
  private used: string | undefined;

  constructor(private readonly host: KeysViewHost) {
    const refresh = (): void => this.changed.fire(undefined);
    for (const changed of [host.ring.onDidChangeKeys, host.secrets.onDidChange, host.roots.onDidChange]) {
      this.owned.add(changed(refresh));
    }
    this.owned.add(this.view.onDidChangeVisibility(({ visible }) => visible && refresh()));
  }

  async getChildren(node?: KeyNode): Promise<KeyNode[]> {
    if (node) {
      const key = node.kind === 'key' ? this.shown.get(node.key) : undefined;
      return key ? [...keyFacts(key, this.useOf(key), l10n.t)] : [];
    }
    try {
      const keys = await this.host.ring.all();
      this.used = await this.host.ring.selected();
      this.shown = new Map(keys.map((key) => [key.name, key]));
      this.view.message = '';
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      this.host.log.warn(error.message);
      this.shown = new Map();
      this.view.message = errorText(error, l10n.t);
    }
    return [...this.shown.keys()].map((key) => ({ kind: 'key', key }));
  }

  getTreeItem(node: KeyNode): TreeItem {
    const key = this.shown.get(node.key);
    // It went between the question for children and that for the row; the next refresh is on its way.
    if (!key) return new TreeItem('');
    const row = node.kind === 'key' ? keyRow(key, this.useOf(key), l10n.t) : keyFactRow(node);
    const { None, Collapsed } = TreeItemCollapsibleState;
    const item = new TreeItem(row.label, row.children === 'none' ? None : Collapsed);
    item.id = row.id;
    item.description = row.description ?? '';
    item.tooltip = new MarkdownString(row.tooltip);
    item.iconPath = new ThemeIcon(row.icon, row.color && new ThemeColor(row.color));
    item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
    return item;
  }

  private useOf(key: KeyInfo): KeyUse {
    const { clock, roots, secrets } = this.host;
    const { macKeys, encryptKey } = secrets.choice;
    const now = new Date(clock.wallTime());
    const chain = key.chain.map(({ der }) => der);
    const left = daysLeft(key.chain, now);
    return {
      signs: key.name === this.used,
      makesMacs: macKeys.includes(key.name),
      encrypts: key.name === encryptKey,
      ...(chain.length > 0 && { chain: chainStatus(chain, roots.certificates, now) }),
      ...(left !== undefined && { daysLeft: left }),
    };
  }

  dispose(): void {
    this.owned.dispose();
  }
}
