import type { ChainStatus } from '../manifest/chain-status';
import type { KeyInfo } from '../manifest/stored-key';
import { chainNotes, chainText } from './chain-text';
import { keyTypeText } from './key-text';
import { english, type Localize } from './localize';
import { markdownText, type RowColor, type TreeRow } from './tree-row';

/** Which row of the keys view: also the argument of its commands. */
export type KeyNode =
  | { readonly kind: 'key'; readonly key: string }
  /** One fact about a key; its value can be copied. */
  | { readonly kind: 'keyFact'; readonly key: string; readonly label: string; readonly value: string };

/** What this workspace does with a key, and how its certificates stand. */
export interface KeyUse {
  readonly signs: boolean;
  readonly makesMacs: boolean;
  readonly encrypts: boolean;
  /** Absent where it has no certificates. */
  readonly chain?: ChainStatus;
  /** `daysLeft` */
  readonly daysLeft?: number;
}

/** The row of a key. */
export function keyRow(key: KeyInfo, use: KeyUse, t: Localize = english): TreeRow {
  const type = keyTypeText(key);
  const used = use.signs || use.makesMacs || use.encrypts;
  const warnings = chainNotes(use.chain, use.daysLeft, t);
  const notes = [
    ...(key.sample === undefined ? [] : [t('sample key, not for products')]),
    ...warnings,
    ...(use.signs ? [t('used by this workspace')] : []),
    ...(use.makesMacs ? [t('makes MACs for this workspace')] : []),
    ...(use.encrypts ? [t('encrypts for this workspace')] : []),
  ];
  const { icon, color } = keyIcon(key, used, warnings.length > 0);
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
      ...(key.kind === 'secret' ? ['secret'] : ['exportable']),
      ...(key.canSign && !key.type.startsWith('RSA') ? ['certifiable'] : []),
      ...(key.chain.length > 0 ? ['certified'] : []),
      ...(used ? ['used'] : []),
    ].join(' '),
    children: 'collapsed',
    spoken: [t('key {0}', key.name), type, kindText(key, t), ...notes].join(', '),
  };
}

/** The facts about a key, in the order of their rows. */
export function keyFacts(
  key: KeyInfo,
  { chain }: Pick<KeyUse, 'chain'> = {},
  t: Localize = english,
): readonly (KeyNode & { kind: 'keyFact' })[] {
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
    ...key.chain.map(({ subject, issuer, validFrom, validTo }) =>
      fact(
        t('Certificate'),
        t('{0}, by {1}, valid from {2} until {3}', subject, issuer, day(validFrom), day(validTo)),
      ),
    ),
    ...(chain ? [fact(t('Root'), chainText(chain, t))] : []),
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

function keyIcon(
  key: KeyInfo,
  used: boolean,
  warns: boolean,
): { readonly icon: string; readonly color?: RowColor } {
  if (key.sample !== undefined || warns) return { icon: 'warning', color: 'charts.yellow' };
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
