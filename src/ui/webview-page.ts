import { randomBytes } from 'node:crypto';
import { Uri, type Webview } from 'vscode';

/** What a page may do: run its own script, and load nothing from elsewhere than the extension's folder of pages. */
export function pageOptions(extensionUri: Uri): { enableScripts: true; localResourceRoots: Uri[] } {
  return { enableScripts: true, localResourceRoots: [Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

/**
 * The document of the page whose script and styles are `dist/webview/NAME.js` and `.css`. Nothing but them runs;
 * nothing is loaded from elsewhere.
 */
export function pageHtml(webview: Webview, extensionUri: Uri, name: string, title: string): string {
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
