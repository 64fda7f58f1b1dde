import { l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { KeyInfo } from '../manifest/stored-key';
import type { SymmetricKey } from '../manifest/types';
import type { KeyRing } from './key-ring';
import { askKeyName, askNewPassphrase, askPassphrase } from './key-questions';
import type { PackageKeys } from './firmware';
import type { SecretRing } from './secret-ring';

/** Asks what there is to know of the secrets that packages are made with. */
export class SecretPrompts {
  constructor(
    private readonly ring: KeyRing,
    private readonly secrets: SecretRing,
  ) {}

  /** Makes a secret of a size and under a name that the user gives. Rejects `cancelled`, and as `SecretRing.generate`. */
  async generate(): Promise<KeyInfo> {
    const sizes = [
      { label: '256 bit', description: l10n.t('for MACs (HMAC 256) and encryption with A256GCM'), bits: 256 },
      { label: '128 bit', description: l10n.t('for encryption with A128GCM'), bits: 128 },
    ] as const;
    const size = await window.showQuickPick(sizes, { title: l10n.t('Size of the new secret') });
    if (!size) throw new SlipwayError('cancelled', {});
    const name = await askKeyName(
      l10n.t('Generate a secret (1/2)'),
      l10n.t('Name of the new secret, which boards share'),
      await this.ring.freeName('secret'),
    );
    const passphrase = await askNewPassphrase(l10n.t('Generate a secret (2/2)'));
    const key = await this.secrets.generate(name, size.bits, passphrase);
    await this.ring.reload();
    return key;
  }

  /** Whether packages get no signature beside the MAC. Rejects `cancelled`. */
  async macOnly(name: string): Promise<boolean> {
    const chosen = await window.showQuickPick(
      [
        {
          label: l10n.t('Instead of a signature'),
          description: l10n.t('boards check the MAC alone'),
          only: true,
        },
        {
          label: l10n.t('Beside the signature'),
          description: l10n.t('boards of either kind take the package'),
          only: false,
        },
      ],
      { title: l10n.t('Make a MAC with {0}', name) },
    );
    if (!chosen) throw new SlipwayError('cancelled', {});
    return chosen.only;
  }

  /** The chosen secrets, open. Rejects `cancelled`, and as `SecretRing.open`. */
  async open(): Promise<Pick<PackageKeys, 'macKeys' | 'encryptionKey'>> {
    const { macKeys, encryptKey } = this.secrets.choice;
    const opened: SymmetricKey[] = [];
    for (const name of macKeys) opened.push(await this.openOne(name));
    return {
      macKeys: opened,
      ...(encryptKey !== undefined && { encryptionKey: await this.openOne(encryptKey) }),
    };
  }

  private async openOne(name: string): Promise<SymmetricKey> {
    try {
      return await this.secrets.open(name);
    } catch (error) {
      if (!SlipwayError.is(error, 'key.passphrase-needed')) throw error;
      return await askPassphrase(name, (passphrase) => this.secrets.unlock(name, passphrase));
    }
  }
}
