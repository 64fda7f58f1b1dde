import { commands } from 'vscode';
import type { Commands, Parts } from './parts';

const walkthrough = 'slipway.slipway#slipway.firstUpdate';

/** Server, log and tour. */
export function serverCommands({ desk, log }: Parts): Commands {
  return {
    'server.start': () => desk.start(),
    'server.stop': () => desk.stop(),
    'log.show': () => log.show(true),
    'walkthrough.open': async () => {
      await commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false);
    },
  };
}
