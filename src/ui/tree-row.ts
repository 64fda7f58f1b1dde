/** Which row of the tree: stable across refreshes, also the argument of context commands. */
export type TreeNode =
  | { readonly kind: 'board'; readonly board: string }
  | { readonly kind: 'link'; readonly link: string }
  /** All objects that have no place of their own below the board. */
  | { readonly kind: 'more'; readonly board: string }
  | { readonly kind: 'object'; readonly board: string; readonly objectId: number }
  | {
      readonly kind: 'instance';
      readonly board: string;
      readonly objectId: number;
      readonly instanceId: number;
    }
  /** A resource, by its path `/5/0/3`, or one value of a multiple one, `/9/0/17/1`. */
  | { readonly kind: 'resource'; readonly board: string; readonly path: string }
  /** The bootstrap of a board, or an instance that it was given. */
  | { readonly kind: 'bootstrap'; readonly board: string; readonly path?: string }
  /** Stands for values that are not there yet, or could not be read. */
  | { readonly kind: 'note'; readonly board: string; readonly path: string };

/** Colours of VS Code's themes that rows use. */
export type RowColor =
  'charts.green' | 'charts.yellow' | 'charts.red' | 'charts.blue' | 'disabledForeground' | 'errorForeground';

/** What a row looks like, without VS Code's types. */
export interface TreeRow {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly icon: string;
  readonly color?: RowColor;
  /** Words that menus look for: `board online updatable idle`. */
  readonly contextValue: string;
  readonly children: 'none' | 'collapsed' | 'expanded';
  /** What a screen reader says. */
  readonly spoken: string;
}

/** Identity of a node, for VS Code to keep what is open and selected. */
export function nodeId(node: TreeNode): string {
  switch (node.kind) {
    case 'board':
      return `board:${node.board}`;
    case 'link':
      return `link:${node.link}`;
    case 'more':
      return `board:${node.board}:more`;
    case 'object':
      return `board:${node.board}:/${node.objectId}`;
    case 'instance':
      return `board:${node.board}:/${node.objectId}/${node.instanceId}`;
    case 'resource':
      return `board:${node.board}:${node.path}`;
    case 'bootstrap':
      return `board:${node.board}:bootstrap${node.path ?? ''}`;
    case 'note':
      return `board:${node.board}:${node.path}:note`;
  }
}

/** Text from a board, made harmless for Markdown. */
export function markdownText(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replace(/\s+/g, ' ');
}
