import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import type { BoardNode, BoardNodes } from './board-nodes';

/**
 * Changes within this time are shown together, ms. VS Code waits for 200 ms without a change before it looks, so a push
 * that told of each block would never be shown.
 */
const batchMs = 400;

/** Where more boards changed, one refresh of the whole tree costs less than one for each. */
const mostNodes = 50;

/** Gathers what changed in the tree, and tells of it in one event: the boards that changed, or everything. */
export class TreeRefresh implements Disposable {
  private readonly boards = new Set<string>();
  private everything = false;
  private pending: Disposable | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly nodes: Pick<BoardNodes, 'get'>,
    private readonly fire: (changed: BoardNode[] | undefined) => void,
  ) {}

  /** `board`: the one that changed; without it, boards came or went, or links did. */
  request(board?: string): void {
    if (board === undefined) this.everything = true;
    else if (!this.everything) this.boards.add(board);
    this.pending ??= this.clock.schedule(batchMs, () => this.flush());
  }

  dispose(): void {
    this.pending?.dispose();
  }

  private flush(): void {
    this.pending = undefined;
    const nodes = [...this.boards].map((board) => this.nodes.get(board));
    // A board without a node is not in the tree yet.
    const known = nodes.filter((node) => node !== undefined);
    const isWhole = this.everything || known.length < nodes.length || known.length > mostNodes;
    this.boards.clear();
    this.everything = false;
    this.fire(isWhole ? undefined : known);
  }
}
