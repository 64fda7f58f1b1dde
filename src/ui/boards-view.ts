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
import { type BoardNode, BoardNodes } from './board-nodes';
import { childrenOf, parentOf, rowOf } from './boards-model';
import type { BoardsSource } from './boards-source';
import { shownObjects } from './generic-model';
import { TreeRefresh } from './tree-refresh';
import type { TreeNode } from './tree-row';

const collapsible = {
  none: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
} as const;

/** The tree of the boards view: a thin coat over `boards-model`. */
export class BoardsView implements TreeDataProvider<TreeNode>, Disposable {
  private readonly changed = new EventEmitter<BoardNode[] | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly nodes = new BoardNodes();
  private readonly refreshing: TreeRefresh;

  constructor(
    private readonly source: BoardsSource,
    clock: Clock,
  ) {
    this.refreshing = new TreeRefresh(clock, this.nodes, (changed) => this.changed.fire(changed));
  }

  /** Shows what changed, of one board or anywhere, together with whatever else changes at the moment. */
  refresh(board?: string): void {
    this.refreshing.request(board);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    if (node?.kind === 'instance' && !shownObjects.includes(node.objectId)) {
      this.source.resources.open(node.board, `/${node.objectId}/${node.instanceId}`);
    }
    return [...childrenOf(this.source, node, this.nodes)];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return parentOf(this.source, node);
  }

  getTreeItem(node: TreeNode): TreeItem {
    const row = rowOf(this.source, node);
    // It went between the question for children and that for the row; the next refresh is on its way.
    if (!row) return new TreeItem('');
    const item = new TreeItem(row.label, collapsible[row.children]);
    item.id = row.id;
    item.iconPath = new ThemeIcon(row.icon, row.color && new ThemeColor(row.color));
    item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: row.spoken, role: 'treeitem' };
    if (row.description !== undefined) item.description = row.description;
    return item;
  }

  /** The tooltip is made when it is looked at. */
  resolveTreeItem(item: TreeItem, node: TreeNode): TreeItem {
    const row = rowOf(this.source, node);
    if (row) item.tooltip = new MarkdownString(row.tooltip);
    return item;
  }

  dispose(): void {
    this.refreshing.dispose();
    this.changed.dispose();
  }
}
