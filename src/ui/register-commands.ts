import { commands } from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { Log } from '../base/log';
import { reportError } from './messages';
import { boardNameOf } from './node-argument';
import type { Commands } from './parts';

/** Registers commands; what goes wrong in one is told to the user, and never thrown at VS Code. */
export function registerCommands(all: readonly Commands[], log: Log): Disposable {
  const owned = new DisposableStore();
  for (const [name, handler] of all.flatMap((some) => Object.entries(some))) {
    const run = async (...args: readonly unknown[]): Promise<void> => {
      try {
        await handler(...args);
      } catch (error) {
        reportError(error, log, boardNameOf(args[0]));
      }
    };
    owned.add(commands.registerCommand(`slipway.${name}`, run));
  }
  return owned;
}
