import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter, type Event } from '../base/event';
import type { Board } from '../lwm2m/board';
import type { UpdateJob, UpdateOutcome, UpdatePackage, UpdateRecord } from './types';
import { plainError } from './job';
import type { FullImageReason } from './choose-delta';
import type { PushOne } from './image-push';

/** How a board of a batch stands: in the queue, under way, or how it ended. */
export type BatchState = 'waiting' | 'running' | UpdateOutcome;

/** A board of a batch. */
export interface BatchEntry {
  readonly board: string;
  readonly state: BatchState;
  /** Why it gets no patch though it takes those, and whether its image is compressed instead. */
  readonly noPatch?: { readonly reason: FullImageReason; readonly isCompressed: boolean };
  /** Its run, from its start on; another one where it refused a patch. */
  readonly job?: UpdateJob;
  /** As it stands in the history. There is none for a board that was never begun with. */
  readonly record?: UpdateRecord;
  /** Why it failed, also where no run could be started. */
  readonly error?: NonNullable<UpdateRecord['error']>;
}

/** How many boards of a batch stand how. */
export interface BatchCounts {
  readonly total: number;
  readonly waiting: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
}

/**
 * One package for several boards, in the order given, so many at a time. Each has a run of its own by `push`, is
 * recorded by itself, and stops none of the others by its failure. Those that get the whole package send from its one
 * buffer.
 */
export class UpdateBatch {
  private readonly queue: Board[];
  private readonly byBoard: Map<string, BatchEntry>;
  private readonly endings = new Map<string, AbortController>();
  private readonly changed = new Emitter<BatchEntry>();
  private resolve!: (entries: readonly BatchEntry[]) => void;
  private running = 0;
  private open: number;

  readonly package: UpdatePackage;
  /** A board was begun with, or came to its end. */
  readonly onDidChange: Event<BatchEntry> = this.changed.event;
  /** Resolves with all entries when each board came to its end; never rejects. */
  readonly finished: Promise<readonly BatchEntry[]>;

  /** Boards that are given twice count once. `concurrency`: boards at a time, 0 for all of them. */
  constructor(
    private readonly push: PushOne,
    boards: readonly Board[],
    pkg: UpdatePackage,
    private readonly concurrency: number,
  ) {
    this.package = pkg;
    this.queue = [...new Map(boards.map((board) => [board.endpoint, board])).values()];
    this.byBoard = new Map(
      this.queue.map(({ endpoint }) => [endpoint, { board: endpoint, state: 'waiting' }]),
    );
    this.open = this.byBoard.size;
    this.finished = new Promise((resolve) => (this.resolve = resolve));
  }

  /** In the order of the queue. */
  get entries(): readonly BatchEntry[] {
    return [...this.byBoard.values()];
  }

  get isOver(): boolean {
    return this.open === 0;
  }

  get counts(): BatchCounts {
    const counts = { waiting: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, interrupted: 0 };
    for (const { state } of this.byBoard.values()) counts[state]++;
    const { interrupted, ...others } = counts;
    return { total: this.byBoard.size, ...others, cancelled: others.cancelled + interrupted };
  }

  get(board: string): BatchEntry | undefined {
    return this.byBoard.get(board);
  }

  /** Begins with the first boards; to be called once. */
  start(): this {
    this.fill();
    this.finishIfOver();
    return this;
  }

  /** Cancels a board's run, or takes it out of the queue. */
  cancel(board: string): void {
    const entry = this.byBoard.get(board);
    if (entry?.state === 'running') this.endings.get(board)?.abort();
    if (entry?.state !== 'waiting') return;
    this.end({ board, state: 'cancelled' });
    this.finishIfOver();
  }

  /** Cancels all of it: those in the queue first, so that none of them moves up. */
  cancelAll(): void {
    const entries = this.entries;
    for (const { board, state } of entries) if (state === 'waiting') this.cancel(board);
    for (const { board, state } of entries) if (state === 'running') this.cancel(board);
  }

  private fill(): void {
    while (this.concurrency === 0 || this.running < this.concurrency) {
      const board = this.queue.shift();
      if (!board) return;
      if (this.byBoard.get(board.endpoint)?.state === 'waiting') this.begin(board);
    }
  }

  private begin(board: Board): void {
    const { endpoint } = board;
    const ending = new AbortController();
    this.endings.set(endpoint, ending);
    this.running++;
    this.set({ board: endpoint, state: 'running' });
    const running = (more: Partial<BatchEntry>): void =>
      this.set({ ...this.byBoard.get(endpoint), board: endpoint, state: 'running', ...more });
    const pushed = this.push(board, this.package, {
      signal: ending.signal,
      onJob: (job) => running({ job }),
      onNoPatch: (reason, isCompressed) => running({ noPatch: { reason, isCompressed } }),
    });
    void pushed
      .then(
        (record) => {
          const { outcome: state, error } = record;
          return { state, record, ...(error && { error }) };
        },
        (error: unknown) => this.failure(error),
      )
      .then((end) => {
        this.running--;
        this.endings.delete(endpoint);
        this.end({ ...this.byBoard.get(endpoint), board: endpoint, ...end });
        this.fill();
        this.finishIfOver();
      });
  }

  /** What no run came of, or that of which the run came to no record. */
  private failure(error: unknown): Pick<BatchEntry, 'state' | 'error'> {
    if (SlipwayError.is(error, 'cancelled')) return { state: 'cancelled' };
    return { state: 'failed', error: plainError(error) };
  }

  private end(entry: BatchEntry): void {
    this.open--;
    this.set(entry);
  }

  private set(entry: BatchEntry): void {
    this.byBoard.set(entry.board, entry);
    this.changed.fire(entry);
  }

  private finishIfOver(): void {
    if (!this.isOver) return;
    this.resolve(this.entries);
    this.changed.dispose();
  }
}

/** The batch under way or the last one: one at a time, so that its limit holds. */
export class UpdateBatches implements Disposable {
  private readonly changed = new Emitter<UpdateBatch>();
  private current: UpdateBatch | undefined;
  /** A batch began, moved on or ended. */
  readonly onDidChange: Event<UpdateBatch> = this.changed.event;

  /** `newPush` is asked for each batch, which shares its patches. */
  constructor(private readonly newPush: () => PushOne) {}

  get latest(): UpdateBatch | undefined {
    return this.current;
  }

  /** What there is to tell of batches: the one under way, or the one whose run was the last to end, by its id. */
  toTell(lastEnded: string | undefined): UpdateBatch | undefined {
    if (!this.current?.isOver) return this.current;
    const isOfIt = this.current.entries.some(({ record }) => record && record.id === lastEnded);
    return isOfIt ? this.current : undefined;
  }

  /** Starts a batch. Throws `update.batch-busy` while there is one, `lwm2m.no-board` without boards. */
  start(boards: readonly Board[], pkg: UpdatePackage, concurrency: number): UpdateBatch {
    if (this.current?.isOver === false) {
      const { total, waiting, running } = this.current.counts;
      throw new SlipwayError('update.batch-busy', { boards: total, left: waiting + running });
    }
    if (boards.length === 0) throw new SlipwayError('lwm2m.no-board', {});
    const batch = new UpdateBatch(this.newPush(), boards, pkg, concurrency);
    this.current = batch;
    batch.onDidChange(() => this.changed.fire(batch));
    batch.start();
    return batch;
  }

  /** Cancels what is under way: nothing in the queue is begun with any more. */
  dispose(): void {
    this.current?.cancelAll();
    this.changed.dispose();
  }
}
