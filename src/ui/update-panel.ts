import { Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, window } from 'vscode';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { type PanelAction, type PanelState, type ToPanel, parseFromPanel } from './panel-protocol';
import { pageHtml, pageOptions } from './webview-page';

export const panelViewType = 'slipway.updatePanel';

/** Changes within this time go to the page together, ms: more than ten pictures a second are seen by nobody. */
const batchMs = 100;

export interface UpdatePanelHost {
  readonly extensionUri: Uri;
  readonly clock: Clock;
  state(): PanelState;
  act(action: PanelAction, board: string): void;
  exportHistory(): void;
  cancelAll(): void;
}

/** The panel of update state, progress and history: a page that shows what `state` says, and nothing of its own. */
export class UpdatePanel implements Disposable, WebviewPanelSerializer {
  private panel: WebviewPanel | undefined;
  private owned = new DisposableStore();
  private pending: Disposable | undefined;

  constructor(private readonly host: UpdatePanelHost) {}

  /** Shows it, or brings it to the front. */
  show(): void {
    if (this.panel) return this.panel.reveal(undefined, true);
    this.adopt(
      window.createWebviewPanel(
        panelViewType,
        'Firmware Update',
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

  /** Sends the page what holds now, together with whatever else changes at the moment. */
  refresh(): void {
    if (!this.panel?.visible) return;
    this.pending ??= this.host.clock.schedule(batchMs, () => {
      this.pending = undefined;
      this.send();
    });
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
    this.owned.add(panel.onDidChangeViewState(() => this.refresh()));
    panel.webview.html = pageHtml(panel.webview, extensionUri, 'panel', 'Firmware Update');
  }

  private forget(): void {
    this.pending?.dispose();
    this.pending = undefined;
    this.panel = undefined;
    this.owned.dispose();
  }

  private receive(message: unknown): void {
    const request = parseFromPanel(message);
    if (request?.type === 'ready') this.send();
    else if (request?.type === 'export') this.host.exportHistory();
    else if (request?.type === 'cancelAll') this.host.cancelAll();
    else if (request) this.host.act(request.action, request.board);
  }

  private send(): void {
    const message: ToPanel = { type: 'state', state: this.host.state() };
    void this.panel?.webview.postMessage(message);
  }
}
