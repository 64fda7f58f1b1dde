import { basename } from 'node:path';
import { type CustomDocument, FileSystemError, l10n, RelativePattern, Uri, workspace } from 'vscode';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import { inspectFile, type InspectionTrust } from '../manifest/inspect-file';
import type { InspectorFile } from './inspector-protocol';
import { inspectorFile } from './inspector-state';

/** Larger than what any microcontroller is updated with. */
export const inspectorLimit = 32 * 1024 * 1024;

/** A build writes its file in several steps; it is read again once this long nothing more has happened, ms. */
const settleMs = 100;

export interface InspectorDocumentHost {
  readonly clock: Clock;
  /** What files are judged by. */
  readonly trust: InspectionTrust;
}

/** A file in the inspector: taken apart again whenever it changes on the disk. */
export class InspectorDocument implements CustomDocument {
  private readonly owned = new DisposableStore();
  private readonly changed = this.owned.add(new Emitter<void>());
  private current: { readonly file: InspectorFile; readonly bytes: Uint8Array };
  private pending: Disposable | undefined;
  private loads = 0;
  readonly onDidChange = this.changed.event;

  private constructor(
    readonly uri: Uri,
    private readonly host: InspectorDocumentHost,
    private readonly onClosed: (document: InspectorDocument) => void,
  ) {
    this.current = { file: { name: basename(uri.path), revision: 0 }, bytes: new Uint8Array() };
    // The pattern is no file name, which could hold characters that mean something in a pattern.
    const watcher = this.owned.add(
      workspace.createFileSystemWatcher(new RelativePattern(Uri.joinPath(uri, '..'), '*')),
    );
    const changed = (about: Uri): void => {
      if (about.toString() === uri.toString()) this.loadSoon();
    };
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this.owned.add(event(changed));
    }
  }

  /** Opens a file, whatever it is: one that can't be taken apart says why. */
  static async open(
    uri: Uri,
    host: InspectorDocumentHost,
    onClosed: (document: InspectorDocument) => void,
  ): Promise<InspectorDocument> {
    const document = new InspectorDocument(uri, host, onClosed);
    await document.load();
    return document;
  }

  get file(): InspectorFile {
    return this.current.file;
  }

  /** Bytes of the revision that is shown; none where it is another by now. */
  bytesOf(revision: number, offset: number, length: number): Uint8Array | undefined {
    if (revision !== this.file.revision) return undefined;
    // A copy, and no Buffer: of a view VS Code would send all that it is a view of, and a Buffer as JSON.
    return new Uint8Array(this.current.bytes.subarray(offset, offset + length));
  }

  /** Takes it apart again, by what holds now. */
  async load(): Promise<void> {
    const load = ++this.loads;
    const name = basename(this.uri.path);
    let next: typeof this.current;
    try {
      const inspected = await inspectFile(name, await read(this.uri, name), this.host.trust);
      next = { file: inspectorFile(name, load, { inspected }, l10n.t), bytes: inspected.bytes };
    } catch (error) {
      next = { file: inspectorFile(name, load, { error }, l10n.t), bytes: new Uint8Array() };
    }
    // A later one has begun, and sees what this one saw or what came after it.
    if (load !== this.loads) return;
    this.current = next;
    this.changed.fire();
  }

  /** VS Code calls it after the last editor on it was closed. */
  dispose(): void {
    this.onClosed(this);
    this.pending?.dispose();
    this.owned.dispose();
  }

  private loadSoon(): void {
    this.pending?.dispose();
    this.pending = this.host.clock.schedule(settleMs, () => void this.load());
  }
}

/** Errors: `image.too-large-to-inspect`, `image.unreadable`. Any scheme will do, such as that of a commit. */
async function read(uri: Uri, file: string): Promise<Uint8Array> {
  try {
    const { size } = await workspace.fs.stat(uri);
    if (size > inspectorLimit) {
      throw new SlipwayError('image.too-large-to-inspect', { file, bytes: size, limit: inspectorLimit });
    }
    return await workspace.fs.readFile(uri);
  } catch (cause) {
    if (SlipwayError.is(cause)) throw cause;
    const isGone = cause instanceof FileSystemError && cause.code === 'FileNotFound';
    const reason = isGone
      ? l10n.t('it is not there')
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new SlipwayError('image.unreadable', { file, reason }, { cause });
  }
}
