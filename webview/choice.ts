import type { PanelBoard } from '../src/ui/panel-protocol';

/**
 * The board to show: the one that was chosen, else one that is being updated, else one that is online, else the
 * first.
 */
export function chosenBoard(
  boards: readonly PanelBoard[],
  remembered: string | undefined,
): PanelBoard | undefined {
  return (
    boards.find(({ name }) => name === remembered) ??
    boards.find(({ update }) => update?.running === true) ??
    boards.find(({ online }) => online) ??
    boards[0]
  );
}
