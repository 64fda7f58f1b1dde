import { commands } from 'vscode';
import { isPort } from './board-row';
import { onlyBusyPorts } from './boards-model';
import type { BoardsSource } from './boards-source';

/** Context keys that menus, welcome views and walkthrough steps look at, without their prefix. */
export type ContextKey =
  | 'serverRunning'
  | 'serverStopped'
  | 'portBusy'
  | 'portConnected'
  | 'portHeld'
  | 'portReleased'
  | 'virtualBoardRunning'
  | 'emulatedBoardRunning'
  | 'boardKnown'
  | 'boardOnline'
  | 'boardOffline'
  | 'softwareOnline'
  | 'componentsOnline'
  | 'updating'
  | 'built'
  | 'signed'
  | 'updated';

/** Keeps VS Code's context keys at what holds; tells it of changes only. */
export class ContextKeys {
  private readonly known = new Map<ContextKey, boolean>();

  get(key: ContextKey): boolean {
    return this.known.get(key) ?? false;
  }

  set(key: ContextKey, value: boolean): void {
    if (this.known.get(key) === value) return;
    this.known.set(key, value);
    void commands.executeCommand('setContext', `slipway.${key}`, value);
  }

  setAll(values: Partial<Readonly<Record<ContextKey, boolean>>>): void {
    for (const [key, value] of Object.entries(values)) this.set(key as ContextKey, value);
  }
}

/** What the boards and links say about the context. */
export function boardContext(
  source: BoardsSource,
  serverRunning: boolean,
  running: { readonly virtualBoards: number; readonly emulatedBoard: boolean },
): Partial<Record<ContextKey, boolean>> {
  const boards = [...source.boards.values()];
  const ports = source.links.filter(({ kind }) => isPort(kind));
  return {
    serverRunning,
    serverStopped: !serverRunning,
    portBusy: onlyBusyPorts(source),
    portConnected: ports.length > 0,
    portHeld: ports.some(({ state }) => state !== 'released'),
    portReleased: ports.some(({ state }) => state === 'released'),
    virtualBoardRunning: running.virtualBoards > 0,
    emulatedBoardRunning: running.emulatedBoard,
    boardKnown: boards.length > 0,
    boardOnline: boards.some(({ online }) => online),
    componentsOnline: boards.some((board) => board.online && board.hasObject(33629)),
    softwareOnline: boards.some((board) => board.online && board.hasObject(9)),
    boardOffline: boards.some(({ online }) => !online),
    updating: boards.some(({ endpoint }) => source.jobOf(endpoint) !== undefined),
  };
}
