import { randomBytes } from 'node:crypto';
import { Uri, type Webview, type WebviewPanel } from 'vscode';
import { DisposableStore } from '../base/disposable';

/** A page, and who speaks with it. */
export interface PageOptions<From extends { readonly type: string }> {
  readonly extensionUri: Uri;
  /** Its script and styles are `dist/webview/NAME.js` and `.css`. */
  readonly name: string;
  readonly title: string;
  /** A message from the page, if it is one. */
  parse(message: unknown): From | undefined;
  /** `ready` comes first: the page is there, and knows nothing. It is another page whenever it is shown again. */
  receive(message: From): void;
  /** It was hidden or closed: what is posted now goes nowhere. */
  onGone?(): void;
}

/** A page of ours in a panel, until that is closed. */
export class WebviewPage<From extends { readonly type: string }, To> {
  private ready = false;

  constructor(
    private readonly panel: WebviewPanel,
    private readonly options: PageOptions<From>,
  ) {
    const { webview } = panel;
    const owned = new DisposableStore();
    owned.add(webview.onDidReceiveMessage((message: unknown) => this.hear(message)));
    // The page of a hidden panel is gone; it comes back as a new one, and says that it is ready.
    owned.add(panel.onDidChangeViewState(() => !panel.visible && this.leave()));
    owned.add(
      panel.onDidDispose(() => {
        this.leave();
        owned.dispose();
      }),
    );
    webview.options = {
      enableScripts: true,
      localResourceRoots: [Uri.joinPath(options.extensionUri, 'dist', 'webview')],
    };
    webview.html = html(webview, options);
  }

  /** Somebody looks at it, and it hears. */
  get isReady(): boolean {
    return this.ready;
  }

  post(message: To): void {
    void this.panel.webview.postMessage(message);
  }

  private hear(message: unknown): void {
    const request = this.options.parse(message);
    if (!request) return;
    if (request.type === 'ready') this.ready = true;
    this.options.receive(request);
  }

  private leave(): void {
    this.ready = false;
    this.options.onGone?.();
  }
}

/** The document of a page. Nothing but its script and styles runs; nothing is loaded from elsewhere. */
function html(
  webview: Webview,
  { extensionUri, name, title }: Pick<PageOptions<never>, 'extensionUri' | 'name' | 'title'>,
): string {
  const nonce = randomBytes(16).toString('base64');
  const uri = (file: string): string =>
    webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', 'webview', file)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${uri(`${name}.css`)}">
    <title>${title}</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${uri(`${name}.js`)}"></script>
  </body>
</html>`;
}
