import type { Command } from 'commander';
import { listPorts, portKey, portLabel } from '../link/ports';
import type { Run } from './context';
import { exitCodes } from './exit-codes';

/** `slipway ports` */
export function portsCommand(command: Command): Command {
  return command.description('list the serial ports of this computer');
}

export const ports: Run<[options: object]> = async ({ output }) => {
  const found = await listPorts();
  for (const port of found) {
    output.print(portLabel(port));
    output.event({ type: 'port', ...port, key: portKey(port) });
  }
  if (found.length === 0) {
    output.note('There is no serial port. Boards elsewhere are reached by tcp://host:port.');
  }
  return exitCodes.done;
};
