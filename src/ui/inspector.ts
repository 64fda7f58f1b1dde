import { commands, type CustomReadonlyEditorProvider, type Uri, type WebviewPanel, window } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { InspectorDocument, type InspectorDocumentHost } from './inspector-document';
import {
  type FromInspector,
  type InspectorFile,
  parseFromInspector,
  type ToInspector,
} from './inspector-protocol';
import { WebviewPage } from './webview-page';

/** The editor that can be chosen for images, and the one that opens packages by itself: VS Code has a priority for each. */
export const inspectorViewTypes = {
  image: 'slipway.inspector',
  package: 'slipway.inspector.package',
} as const;

export interface InspectorHost extends InspectorDocumentHost {
  readonly extensionUri: Uri;
}

/** Shows images and packages field by field, read-only. */
export class Inspector implements Disposable, CustomReadonlyEditorProvider<InspectorDocument> {
  private readonly owned = new DisposableStore();
  private readonly documents = new Set<InspectorDocument>();
  /** What the pages were sent last, by the file's URI. */
  private readonly sent = new Map<string, InspectorFile>();

  constructor(private readonly host: InspectorHost) {
    for (const viewType of Object.values(inspectorViewTypes)) {
      this.owned.add(
        window.registerCustomEditorProvider(viewType, this, { supportsMultipleEditorsPerDocument: true }),
      );
    }
  }

  /** What a page shows of that file; undefined while none has asked for it. */
  shown(uri: Uri): InspectorFile | undefined {
    return this.sent.get(uri.toString());
  }

  /** Judges everything that is open again: what the board trusts is another key, vendor or class. */
  async judgeAgain(): Promise<void> {
    await Promise.all([...this.documents].map((document) => document.load()));
  }

  async openCustomDocument(uri: Uri): Promise<InspectorDocument> {
    const document = await InspectorDocument.open(uri, this.host, (closed) => {
      this.documents.delete(closed);
      this.sent.delete(uri.toString());
    });
    this.documents.add(document);
    return document;
  }

  resolveCustomEditor(document: InspectorDocument, panel: WebviewPanel): void {
    const page = new WebviewPage<FromInspector, ToInspector>(panel, {
      extensionUri: this.host.extensionUri,
      name: 'inspector',
      title: 'Slipway Inspector',
      parse: parseFromInspector,
      receive: (request) => {
        if (request.type === 'ready') send();
        else if (request.type === 'openDefault') {
          void commands.executeCommand('vscode.openWith', document.uri, 'default');
        } else {
          const { revision, offset, length } = request;
          const bytes = document.bytesOf(revision, offset, length);
          if (bytes) page.post({ type: 'bytes', revision, offset, bytes });
        }
      },
    });
    const send = (): void => {
      this.sent.set(document.uri.toString(), document.file);
      page.post({ type: 'file', file: document.file });
    };
    // A page that is not there asks when it is.
    const changes = document.onDidChange(() => page.isReady && send());
    panel.onDidDispose(() => changes.dispose());
  }

  dispose(): void {
    this.owned.dispose();
  }
}
