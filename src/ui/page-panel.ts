import { Uri, ViewColumn, type WebviewPanel, type WebviewPanelSerializer, window } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { type PageOptions, WebviewPage } from './webview-page';

export interface PagePanelOptions<From extends { readonly type: string }> extends PageOptions<From> {
  /** VS Code knows the panel by it over a reload. */
  readonly viewType: string;
}

/** A page in a panel of its own: one at most, which VS Code brings back after its reload. */
export class PagePanel<From extends { readonly type: string }, To>
  implements Disposable, WebviewPanelSerializer
{
  private readonly owned = new DisposableStore();
  private shown: { readonly panel: WebviewPanel; readonly page: WebviewPage<From, To> } | undefined;

  constructor(private readonly options: PagePanelOptions<From>) {
    this.owned.add(window.registerWebviewPanelSerializer(options.viewType, this));
  }

  /** Somebody looks at it, and it hears. */
  get isReady(): boolean {
    return this.shown?.page.isReady ?? false;
  }

  /** Shows it, or brings it to the front. */
  show(): void {
    if (this.shown) return this.shown.panel.reveal(undefined, true);
    const { viewType, title } = this.options;
    this.adopt(
      window.createWebviewPanel(viewType, title, { viewColumn: ViewColumn.Active, preserveFocus: true }),
    );
  }

  /** Goes nowhere while the page is not there. */
  post(message: To): void {
    this.shown?.page.post(message);
  }

  /** VS Code brings back a panel of before its reload. */
  deserializeWebviewPanel(panel: WebviewPanel): Promise<void> {
    this.shown?.panel.dispose();
    this.adopt(panel);
    return Promise.resolve();
  }

  dispose(): void {
    this.shown?.panel.dispose();
    this.owned.dispose();
  }

  private adopt(panel: WebviewPanel): void {
    const { extensionUri } = this.options;
    panel.iconPath = {
      light: Uri.joinPath(extensionUri, 'media', 'panel-light.svg'),
      dark: Uri.joinPath(extensionUri, 'media', 'panel-dark.svg'),
    };
    panel.onDidDispose(() => (this.shown = undefined));
    this.shown = { panel, page: new WebviewPage(panel, this.options) };
  }
}
