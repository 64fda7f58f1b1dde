import type { Command } from 'commander';
import { sleep } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { TraceRecorder } from '../coap/trace-recorder';
import type { Board } from '../lwm2m/board';
import { stateText } from '../ui/wording';
import type { Context, Run } from './context';
import { Desk } from './desk';
import { exitCodes } from './exit-codes';
import { type TraceOptions, traced, withTrace } from './trace-file';
import { hasManyPeers, type WaitOptions, withPorts, withWait } from './link-options';

interface BoardsOptions extends WaitOptions, TraceOptions {
  readonly port: readonly string[];
}

/** What is read of each board, if it offers it. */
const resources = {
  manufacturer: '/3/0/0',
  model: '/3/0/1',
  serialNumber: '/3/0/2',
  version: '/3/0/3',
  updateState: '/5/0/3',
  updateResult: '/5/0/5',
} as const;

/** How long a board may take to answer, ms. */
const answerMs = 10_000;

/** `slipway boards` */
export function boardsCommand(command: Command): Command {
  command.description('list the boards that register within the time given by --wait');
  return withTrace(withWait(withPorts(command), 5));
}

export const boards: Run<[options: BoardsOptions]> = async (context, options) => {
  for (const address of options.port) hasManyPeers(address);
  return await traced(context, options, (trace) => list(context, options, trace));
};

async function list(
  context: Context,
  { port, wait, baud }: BoardsOptions,
  trace: TraceRecorder | undefined,
): Promise<number> {
  const { clock, signal, output } = context;
  const desk = new Desk(context, { trace });
  try {
    for (const address of port) desk.connect(address, baud);
    const end = clock.now() + wait;
    await desk.waitForBoard(undefined, wait);
    // Behind one port of UDP, or several ports, there may be more of them.
    const several = port.length > 1 || port.some(hasManyPeers);
    if (several) await sleep(clock, Math.max(0, end - clock.now()), signal);
    for (const board of desk.server.boards.values()) await show(board, context);
    return exitCodes.done;
  } finally {
    desk.dispose();
    output.clearLine();
  }
}

async function show(board: Board, { output, signal }: Context): Promise<void> {
  const known: Partial<Record<string, string | number | boolean>> = {};
  for (const [name, path] of Object.entries(resources)) {
    const value = await readIfThere(board, path, signal);
    if (value !== undefined) known[name] = value;
  }
  const objects = board.registration.objects.map(({ objectId }) => objectId);
  const maker = [known.manufacturer, known.model].filter((text) => text !== undefined).join(' ');
  const facts = [
    ...(maker === '' ? [] : [maker]),
    ...(known.version === undefined ? [] : [`runs ${String(known.version)}`]),
    typeof known.updateState === 'number' ? `update ${stateText(known.updateState)}` : 'not updatable',
  ];
  output.print(`${board.endpoint}  ${board.link.id}  ${facts.join(', ')}`);
  output.event({ type: 'board', endpoint: board.endpoint, link: board.link.id, ...known, objects });
}

/** A value as JSON can carry it; undefined where the board does not offer the resource. */
async function readIfThere(
  board: Board,
  path: string,
  signal: AbortSignal,
): Promise<string | number | undefined> {
  const [, objectId] = path.split('/');
  if (!board.hasObject(Number(objectId))) return undefined;
  const value = await board
    .readResource(path, { signal, responseTimeoutMs: answerMs })
    .catch((error: unknown) => {
      // A board that refuses one resource is still a board.
      if (SlipwayError.is(error, 'coap.response')) return undefined;
      throw error;
    });
  return typeof value === 'string' || typeof value === 'number' ? value : undefined;
}
