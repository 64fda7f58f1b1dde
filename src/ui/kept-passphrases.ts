import { SlipwayError } from '../base/errors';
import type { KeyInfo } from '../manifest/stored-key';

/** `vscode.SecretStorage`, as far as it is used here. */
export interface SecretStore {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
}

/** The passphrases of keys and secrets that were typed once, each by the id of what it opens. */
export class KeptPassphrases {
  constructor(private readonly secrets: SecretStore) {}

  async of({ keyId }: Pick<KeyInfo, 'keyId'>): Promise<string | undefined> {
    return await this.secrets.get(nameOf(keyId));
  }

  async keep({ keyId }: Pick<KeyInfo, 'keyId'>, passphrase: string): Promise<void> {
    await this.secrets.store(nameOf(keyId), passphrase);
  }

  async forget({ keyId }: Pick<KeyInfo, 'keyId'>): Promise<void> {
    await this.secrets.delete(nameOf(keyId));
  }

  /**
   * What `open` makes of the passphrase that is kept. Rejects as `open` does; `key.passphrase-needed` where none is
   * kept, or a wrong one, which is forgotten.
   */
  async open<T>(key: Pick<KeyInfo, 'name' | 'keyId'>, open: (passphrase: string) => Promise<T>): Promise<T> {
    const passphrase = await this.of(key);
    if (passphrase === undefined) throw new SlipwayError('key.passphrase-needed', { key: key.name });
    try {
      return await open(passphrase);
    } catch (error) {
      if (!SlipwayError.is(error, 'key.wrong-passphrase')) throw error;
      await this.forget(key);
      throw new SlipwayError('key.passphrase-needed', { key: key.name }, { cause: error });
    }
  }
}

function nameOf(keyId: string): string {
  return `slipway.passphrase.${keyId}`;
}
