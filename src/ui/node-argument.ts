import type { TreeNode } from './tree-row';

const kinds: readonly string[] = [
  'board',
  'link',
  'more',
  'object',
  'instance',
  'resource',
  'bootstrap',
  'note',
];

/** The tree's node that a command was called on, if `argument` is one. */
export function nodeOf(argument: unknown): TreeNode | undefined {
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) return undefined;
  return kinds.includes(argument.kind as string) ? (argument as TreeNode) : undefined;
}

/** The endpoint names of the boards that a command was called on: those selected, the one alone, or none. */
export function boardNamesOf(argument: unknown, selected: unknown): readonly string[] {
  const arguments_ = Array.isArray(selected) && selected.length > 0 ? selected : [argument];
  return [...new Set(arguments_.map(boardNameOf).filter((name) => name !== undefined))];
}

/** The endpoint name of the board that a command was called on. */
export function boardNameOf(argument: unknown): string | undefined {
  const node = nodeOf(argument);
  return node && node.kind !== 'link' ? node.board : undefined;
}
