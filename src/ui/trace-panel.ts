import { Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, l10n, window } from 'vscode';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { type TracedMessage, traceMessages } from '../coap/trace-exchanges';
import type { TraceEntry, TraceRecorder } from '../coap/trace-recorder';
import { type TraceBatch, TraceFeed } from './trace-feed';
import { type ToTrace, type TraceRow, parseFromTrace } from './trace-protocol';
import { traceDetails, traceRow } from './trace-text';
import { pageHtml, pageOptions } from './webview-page';

export const traceViewType = 'slipway.trace';

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
export class TracePanel implements Disposable, WebviewPanelSerializer {
  private panel: WebviewPanel | undefined;
  private owned = new DisposableStore();
  private readonly feed: TraceFeed;
  private isReady = false;
  /** The board that the page is to show as soon as it is there. */
  private wanted: string | undefined;

  constructor(private readonly host: TracePanelHost) {
    this.feed = new TraceFeed(host.trace, host.clock, (batch) => this.give(batch));
  }

  /** Shows it, or brings it to the front; with a name, that board alone. */
  show(board?: string): void {
    this.wanted = board;
    if (this.panel) {
      this.panel.reveal(undefined, true);
      if (this.isReady) this.filter();
      return;
    }
    this.adopt(
      window.createWebviewPanel(
        traceViewType,
        l10n.t('Trace'),
        { viewColumn: ViewColumn.Active, preserveFocus: true },
        pageOptions(this.host.extensionUri),
      ),
    );
  }

  /** VS Code brings back a panel of before its reload. */
  deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    this.panel?.dispose();
    panel.webview.options = pageOptions(this.host.extensionUri);
    this.adopt(panel);
    return Promise.resolve();
  }

  /** What the page shows, or would: for tests. */
  rows(): readonly TraceRow[] {
    return traceMessages(this.host.trace.entries).map((traced) => this.rowOf(traced));
  }

  dispose(): void {
    this.panel?.dispose();
    this.forget();
  }

  private adopt(panel: WebviewPanel): void {
    const { extensionUri } = this.host;
    this.panel = panel;
    this.owned = new DisposableStore();
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'panel-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'panel-dark.svg'),
    };
    this.owned.add(panel.onDidDispose(() => this.forget()));
    this.owned.add(panel.webview.onDidReceiveMessage((message: unknown) => this.receive(message)));
    // The page of a hidden panel is gone; it comes back as a new one, and says that it is ready.
    this.owned.add(panel.onDidChangeViewState(() => !panel.visible && this.rest()));
    panel.webview.html = pageHtml(panel.webview, extensionUri, 'trace', l10n.t('Trace'));
  }

  private forget(): void {
    this.rest();
    this.panel = undefined;
    this.owned.dispose();
  }

  private rest(): void {
    this.feed.stop();
    this.isReady = false;
  }

  private receive(message: unknown): void {
    const request = parseFromTrace(message);
    switch (request?.type) {
      case 'ready':
        this.isReady = true;
        this.filter();
        return this.feed.start();
      case 'clear':
        return this.host.trace.clear();
      case 'export':
        return this.host.exportTrace(request.board);
      case 'select': {
        const traced = this.feed.message(request.seq);
        if (!traced) return;
        this.post({ type: 'details', details: traceDetails(traced, this.host.nameOf(traced.entry), l10n.t) });
      }
    }
  }

  private filter(): void {
    if (this.wanted !== undefined) this.post({ type: 'board', board: this.wanted });
    this.wanted = undefined;
  }

  private give({ messages, fresh, oldest, behind }: TraceBatch): void {
    this.post({ type: 'rows', fresh, oldest, behind, rows: messages.map((traced) => this.rowOf(traced)) });
  }

  private rowOf(traced: TracedMessage): TraceRow {
    return traceRow(traced, this.host.nameOf(traced.entry), l10n.t);
  }

  private post(message: ToTrace): void {
    void this.panel?.webview.postMessage(message);
  }
}
