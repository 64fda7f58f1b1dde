import { commands, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import { type RemedyAction, remedyActions } from './remedy-actions';
import { errorText } from './wording';

const showLog: RemedyAction = { title: 'Show Log', command: 'slipway.log.show' };

/**
 * Tells the user what went wrong and offers what helps. What they cancelled themselves is no news. Returns at once;
 * the message stays as long as they want. `board` is the one that offered commands are about.
 */
export function reportError(error: unknown, log: Log, board?: string): void {
  if (SlipwayError.is(error, 'cancelled')) return;
  log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  const actions = [...(SlipwayError.is(error) ? remedyActions(error.code) : []), showLog];
  void offer(errorText(error, l10n.t), actions, board);
}

async function offer(
  text: string,
  actions: readonly RemedyAction[],
  board: string | undefined,
): Promise<void> {
  const titles = actions.map(({ title }) => l10n.t(title));
  const chosen = await window.showErrorMessage(text, ...titles);
  const action = chosen === undefined ? undefined : actions[titles.indexOf(chosen)];
  if (!action) return;
  const node = board === undefined ? undefined : { kind: 'board', board };
  await commands.executeCommand(action.command, action.argument ?? node);
}
