import {
  EventEmitter,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
} from 'vscode';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { childrenOf, parentOf, rowOf } from './boards-model';
import type { BoardsSource } from './boards-source';
import type { TreeNode } from './tree-row';

/**
 * Changes within this time are shown together, ms. VS Code waits for 200 ms without a change before it looks, so a push
 * that told of each block would never be shown.
 */
const batchMs = 400;

const collapsible = {
  none: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
} as const;

/** The tree of the boards view: a thin coat over `boards-model`. */
export class BoardsView implements TreeDataProvider<TreeNode>, Disposable {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private pending: Disposable | undefined;

  constructor(
    private readonly source: BoardsSource,
    private readonly clock: Clock,
  ) {}

  /** Shows what changed, together with whatever else changes at the moment. */
  refresh(): void {
    this.pending ??= this.clock.schedule(batchMs, () => {
      this.pending = undefined;
      this.changed.fire(undefined);
    });
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...childrenOf(this.source, node)];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return parentOf(node);
  }

  getTreeItem(node: TreeNode): TreeItem {
    const row = rowOf(this.source, node);
    // It went between the question for children and that for the row; the next refresh is on its way.
    if (!row) return new TreeItem('');
    const item = new TreeItem(row.label, collapsible[row.children]);
    item.id = row.id;
    item.tooltip = new MarkdownString(row.tooltip);
    item.iconPath = new ThemeIcon(row.icon, row.color && new ThemeColor(row.color));
    item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
    if (row.description !== undefined) item.description = row.description;
    return item;
  }

  dispose(): void {
    this.pending?.dispose();
    this.changed.dispose();
  }
}
