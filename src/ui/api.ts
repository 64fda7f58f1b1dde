import type { TreeDataProvider, Uri } from 'vscode';
import type { UpdateRecord } from '../update/types';
import type { ContextKey } from './context-keys';
import type { KeyNode } from './key-row';
import type { InspectorFile } from './inspector-protocol';
import type { PanelState } from './panel-protocol';
import type { StatusText } from './status-text';
import type { TraceRow } from './trace-protocol';
import type { TreeNode } from './tree-row';

/** What the extension shows, for its own tests and for other extensions. Whoever wants to change something runs a command. */
export interface SlipwayApi {
  /** The tree of the boards view, as VS Code asks for it. */
  readonly boards: TreeDataProvider<TreeNode>;
  /** The tree of the keys view. */
  readonly keys: TreeDataProvider<KeyNode>;
  /** The status bar item. */
  status(): StatusText;
  /** What the update panel shows, or would. */
  panel(): PanelState;
  /** Messages of the trace, oldest first. */
  trace(): readonly TraceRow[];
  /** Runs that ended, newest first. */
  history(): readonly UpdateRecord[];
  /** What that board has printed; undefined where there is no such board, or no console. */
  consoleText(board: string): string | undefined;
  /** What the inspector's page shows of that file; undefined while it is not open. */
  inspector(file: Uri): InspectorFile | undefined;
  /** A context key of the extension, without its prefix. */
  context(key: ContextKey): boolean;
}
