import { l10n, window } from 'vscode';
import type { PreflightCheck } from '../update/preflight-checks';
import { preflightText } from './preflight-text';

/** Asks whether a push goes on in spite of a warning. */
export async function pushAnyway(warning: PreflightCheck): Promise<boolean> {
  const { explanation } = preflightText(warning, l10n.t);
  const anyway = l10n.t('Push Anyway');
  return (await window.showWarningMessage(explanation, { modal: true }, anyway)) === anyway;
}
