import { english, type Localize } from './localize';

/** Update Result (5/0/5, and 33629/x/5 with 12 and 13) in plain words, with what to do. */
export function updateResultText(
  result: number,
  t: Localize = english,
): { readonly text: string; readonly remedy: string } {
  const row = updateResults[result];
  if (row) return { text: t(row[0]), remedy: t(row[1]) };
  return {
    text: t('Unknown result {0}', result),
    remedy: t('See the documentation of the board’s LwM2M client.'),
  };
}

/** OMA Firmware Update 1.1, resource 5. */
const updateResults: Readonly<Record<number, readonly [text: string, remedy: string]>> = {
  0: ['No update has been tried yet', 'Nothing to do.'],
  1: ['Firmware updated successfully', 'Nothing to do.'],
  2: ['Not enough flash memory for the package', 'Make the image smaller or the update slot larger.'],
  3: [
    'The board ran out of RAM during the download',
    'Let its client use smaller blocks, or give it more memory.',
  ],
  4: ['The connection was lost during the download', 'Check cable and power, then push again.'],
  5: [
    'The package failed its integrity check',
    'The board trusts another key, or the package was damaged: check which public key the board holds, sign and push again.',
  ],
  6: [
    'The board does not take this type of package',
    'Check vendor, class and package format against what the board’s firmware expects.',
  ],
  7: ['The package’s URI is invalid', 'Push the package instead, or correct the URI.'],
  8: [
    'The board could not apply the update',
    'See its console: the new image may not have started, and the old one was kept.',
  ],
  9: [
    'The board does not support the protocol of the URI',
    'Push the package instead of letting the board pull it.',
  ],
  10: ['The update was cancelled', 'Push again when you are ready.'],
  11: [
    'The board put the update off',
    'It holds the package and applies it later; see its Maximum Defer Period (5/0/13).',
  ],
  12: [
    'The package is for a component that holds another package already',
    'Reset the update state of that component, then push again.',
  ],
  13: [
    'The package needs another component to be updated first or together with it',
    'Push packages for the other components too, and update them together.',
  ],
};
