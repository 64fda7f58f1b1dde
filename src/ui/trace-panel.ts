import { type Uri, l10n } from 'vscode';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { type TracedMessage, traceMessages } from '../coap/trace-exchanges';
import type { TraceEntry, TraceRecorder } from '../coap/trace-recorder';
import { PagePanel } from './page-panel';
import { type TraceBatch, TraceFeed } from './trace-feed';
import { type FromTrace, type ToTrace, type TraceRow, parseFromTrace } from './trace-protocol';
import { traceDetails, traceRow } from './trace-text';

export interface TracePanelHost {
  readonly extensionUri: Uri;
  readonly clock: Clock;
  readonly trace: TraceRecorder;
  /** What the board is called that a message is from or to. */
  nameOf(entry: TraceEntry): string;
  /** Messages of one board, or of all where it is empty. */
  exportTrace(board: string): void;
}

/** The trace of messages as a page. Messages are taken apart only while somebody looks. */
export class TracePanel implements Disposable {
  private readonly panel: PagePanel<FromTrace, ToTrace>;
  private readonly feed: TraceFeed;
  /** The board that the page is to show as soon as it is there. */
  private wanted: string | undefined;

  constructor(private readonly host: TracePanelHost) {
    this.feed = new TraceFeed(host.trace, host.clock, (batch) => this.give(batch));
    this.panel = new PagePanel<FromTrace, ToTrace>({
      extensionUri: host.extensionUri,
      viewType: 'slipway.trace',
      name: 'trace',
      title: l10n.t('Trace'),
      parse: parseFromTrace,
      receive: (request) => this.receive(request),
      onGone: () => this.feed.stop(),
    });
  }

  /** Shows it, or brings it to the front; with a name, that board alone. */
  show(board?: string): void {
    this.wanted = board;
    this.panel.show();
    if (this.panel.isReady) this.filter();
  }

  /** What the page shows, or would: for tests. */
  rows(): readonly TraceRow[] {
    return traceMessages(this.host.trace.entries).map((traced) => this.rowOf(traced));
  }

  dispose(): void {
    this.panel.dispose();
    this.feed.dispose();
  }

  private receive(request: FromTrace): void {
    switch (request.type) {
      case 'ready':
        this.filter();
        return this.feed.start();
      case 'clear':
        return this.host.trace.clear();
      case 'export':
        return this.host.exportTrace(request.board);
      case 'select': {
        const traced = this.feed.message(request.seq);
        if (!traced) return;
        this.panel.post({
          type: 'details',
          details: traceDetails(traced, this.host.nameOf(traced.entry), l10n.t),
        });
      }
    }
  }

  private filter(): void {
    if (this.wanted !== undefined) this.panel.post({ type: 'board', board: this.wanted });
    this.wanted = undefined;
  }

  private give({ messages, fresh, oldest, behind }: TraceBatch): void {
    this.panel.post({
      type: 'rows',
      fresh,
      oldest,
      behind,
      rows: messages.map((traced) => this.rowOf(traced)),
    });
  }

  private rowOf(traced: TracedMessage): TraceRow {
    return traceRow(traced, this.host.nameOf(traced.entry), l10n.t);
  }
}
