import type { KeyInfo } from '../manifest/stored-key';
import { keyTypeText } from './key-text';
import { english, type Localize } from './localize';
import { markdownText, type RowColor, type TreeRow } from './tree-row';

/** Which row of the keys view: also the argument of its commands. */
export type KeyNode =
  | { readonly kind: 'key'; readonly key: string }
  /** One fact about a key; its value can be copied. */
  | { readonly kind: 'keyFact'; readonly key: string; readonly label: string; readonly value: string };

/** The row of a key. `used`: it is what this workspace signs with. */
export function keyRow(key: KeyInfo, used: boolean, t: Localize = english): TreeRow {
  const type = keyTypeText(key);
  const notes = [
    ...(key.sample === undefined ? [] : [t('sample key, not for products')]),
    ...(used ? [t('used by this workspace')] : []),
  ];
  const { icon, color } = keyIcon(key, used);
  const warning =
    key.sample === undefined
      ? []
      : [t('This is {0}, a sample key of MCUboot: everybody has its private half.', key.sample)];
  return {
    id: `key:${key.name}`,
    label: key.name,
    description: [type, ...notes].join(' · '),
    tooltip: [
      `**${markdownText(key.name)}** (${markdownText(type)})`,
      markdownText(kindText(key, t)),
      ...warning.map(markdownText),
    ].join('\n\n'),
    icon,
    ...(color && { color }),
    contextValue: [
      'key',
      ...(key.canSign ? ['signs'] : []),
      ...(key.kind === 'secret' ? [] : ['exportable']),
      ...(key.canSign && !key.type.startsWith('RSA') ? ['certifiable'] : []),
      ...(used ? ['used'] : []),
    ].join(' '),
    children: 'collapsed',
    spoken: [t('key {0}', key.name), type, kindText(key, t), ...notes].join(', '),
  };
}

/** The facts about a key, in the order of their rows. */
export function keyFacts(key: KeyInfo, t: Localize = english): readonly (KeyNode & { kind: 'keyFact' })[] {
  const fact = (label: string, value: string): KeyNode & { kind: 'keyFact' } => ({
    kind: 'keyFact',
    key: key.name,
    label,
    value,
  });
  return [
    fact(t('Key id'), key.keyId),
    ...(key.keyHash === undefined ? [] : [fact('KEYHASH', key.keyHash)]),
    fact(t('Created'), day(key.created)),
    ...(key.program === undefined ? [] : [fact(t('Signed by'), key.program)]),
    ...key.chain.map(({ subject, validTo }) =>
      fact(t('Certificate'), t('{0}, valid until {1}', subject, day(validTo))),
    ),
  ];
}

/** The row of a fact. */
export function keyFactRow({ key, label, value }: KeyNode & { kind: 'keyFact' }): TreeRow {
  return {
    id: `key:${key}:${label}:${value}`,
    label,
    description: value,
    tooltip: `**${markdownText(label)}**\n\n${markdownText(value)}`,
    icon: 'symbol-field',
    contextValue: 'keyFact',
    children: 'none',
    spoken: `${label}, ${value}`,
  };
}

function keyIcon(key: KeyInfo, used: boolean): { readonly icon: string; readonly color?: RowColor } {
  if (key.sample !== undefined) return { icon: 'warning', color: 'charts.yellow' };
  const icon = { private: 'key', command: 'cloud', public: 'verified', secret: 'lock' }[key.kind];
  return used ? { icon, color: 'charts.green' } : { icon };
}

function kindText({ kind, program = '' }: KeyInfo, t: Localize): string {
  switch (kind) {
    case 'private':
      return t('signs with its private half, which is kept encrypted');
    case 'command':
      return t('signs by the command {0}', program);
    case 'public':
      return t('public half only: verifies, or encrypts images for a board');
    case 'secret':
      return t('secret that is shared with boards, kept encrypted');
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}
