import { l10n, window } from 'vscode';
import type { PreflightCheck } from '../update/preflight-checks';
import { preflightText } from './preflight-text';

/** Asks whether a push goes on in spite of a warning. */
export async function pushAnyway(warning: PreflightCheck): Promise<boolean> {
  const { explanation, remedy } = preflightText(warning, l10n.t);
  const anyway = l10n.t('Push Anyway');
  const options = { modal: true, ...(remedy !== undefined && { detail: remedy }) };
  return (await window.showWarningMessage(explanation, options, anyway)) === anyway;
}
