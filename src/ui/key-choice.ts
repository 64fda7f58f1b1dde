import { window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { KeyInfo } from '../manifest/stored-key';
import type { KeyNode } from './key-row';
import type { KeyRing } from './key-ring';

/** Finds the key that a command is about. Rejects `cancelled`, `key.none`, `key.not-found`. */
export type KeyChooser = (
  argument: unknown,
  title: string,
  fits: (key: KeyInfo) => boolean,
) => Promise<KeyInfo>;

/** On a row of the keys view a command is about that key; from the palette it asks for one that fits. */
export function keyChooser(ring: KeyRing): KeyChooser {
  return async (argument, title, fits) => {
    const all = await ring.all();
    const name = keyNode(argument)?.key;
    if (name !== undefined) {
      const named = all.find((key) => key.name === name);
      if (!named) throw new SlipwayError('key.not-found', { key: name });
      return named;
    }
    const fitting = all.filter(fits);
    if (fitting.length === 0) throw new SlipwayError('key.none', {});
    const chosen = await window.showQuickPick(
      fitting.map((key) => ({ label: key.name, description: key.type, key })),
      { title },
    );
    if (!chosen) throw new SlipwayError('cancelled', {});
    return chosen.key;
  };
}

/** The row of the keys view that a command was called on. */
export function keyNode(argument: unknown): KeyNode | undefined {
  if (typeof argument !== 'object' || argument === null || !('kind' in argument)) return undefined;
  return argument.kind === 'key' || argument.kind === 'keyFact' ? (argument as KeyNode) : undefined;
}
