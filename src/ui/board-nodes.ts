import type { BoardsSource } from './boards-source';
import type { TreeNode } from './tree-row';

export type BoardNode = Extract<TreeNode, { kind: 'board' }>;

/** One for all comparisons: making it costs as much as a thousand of them. */
const names = new Intl.Collator('en', { numeric: true });

/** The order in which people count: `desk-2` before `desk-10`. */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}

/**
 * The nodes of boards, in the order of their names. A board keeps its node as long as it is known: VS Code knows the
 * rows that it is to refresh by their identity. Sorts only when boards came or went.
 */
export class BoardNodes {
  private nodes = new Map<string, BoardNode>();

  /** The node of a board that was listed. */
  get(board: string): BoardNode | undefined {
    return this.nodes.get(board);
  }

  list(boards: BoardsSource['boards']): readonly BoardNode[] {
    if (!this.isCurrent(boards)) {
      const sorted = [...boards.keys()].sort(compareNames);
      this.nodes = new Map(sorted.map((board) => [board, this.nodes.get(board) ?? { kind: 'board', board }]));
    }
    return [...this.nodes.values()];
  }

  private isCurrent(boards: BoardsSource['boards']): boolean {
    if (boards.size !== this.nodes.size) return false;
    for (const board of boards.keys()) if (!this.nodes.has(board)) return false;
    return true;
  }
}
