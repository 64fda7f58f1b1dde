import { resolve } from 'node:path';
import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import { readCertificates } from '../manifest/read-certificates';
import type { VerifyPolicy } from '../manifest/types';

export interface TrustedRootsOptions {
  /** Files of the setting slipway.signing.roots, and the folder that relative ones are in. */
  readonly files: () => readonly string[];
  readonly folder: () => string;
  /** Now, for the dates of certificates. */
  readonly now: () => Date;
  /** A file that can't be used: it is trusted in no way. */
  readonly onError: (error: SlipwayError) => void;
}

/** The root certificates that signers of this workspace's boards may have theirs from. */
export class TrustedRoots implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly changed = this.owned.add(new Emitter<void>());
  private read: readonly string[] = [];
  /** There are other roots. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: TrustedRootsOptions) {}

  /** PEM each, as of the last `reload`. */
  get certificates(): readonly string[] {
    return this.read;
  }

  /** What chains are verified against now; undefined where no root is trusted. */
  get policy(): VerifyPolicy['roots'] {
    return this.read.length === 0 ? undefined : { certificates: this.read, at: this.options.now() };
  }

  /** Reads the files of the setting again. One that can't be used is told by `onError`, and left out. */
  async reload(): Promise<void> {
    const { files, folder, onError } = this.options;
    const found: string[] = [];
    for (const file of files()) {
      try {
        found.push(...(await readCertificates(resolve(folder(), file))));
      } catch (error) {
        if (!SlipwayError.is(error)) throw error;
        onError(error);
      }
    }
    this.read = found;
    this.changed.fire();
  }

  dispose(): void {
    this.owned.dispose();
  }
}
