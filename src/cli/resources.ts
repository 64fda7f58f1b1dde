import { type Command, Option } from 'commander';
import { unlessAborted } from '../base/abort';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { objectDefinition, resourceDefinition } from '../lwm2m/objects/objects';
import { parsePath, pathIds } from '../lwm2m/path';
import { type InputDefinition, parseInput } from '../lwm2m/value-input';
import type { ResourceType } from '../lwm2m/objects/definition';
import type { ResourceValue } from '../lwm2m/values';
import { copyText, exactText } from '../ui/resource-text';
import { argumentsProblem, problemText } from '../ui/resource-wording';
import type { Context, Run } from './context';
import { Desk } from './desk';
import { exitCodes } from './exit-codes';
import { addressHelp, hasManyPeers, type WaitOptions, withWait } from './link-options';
import { usageError, wholeNumber } from './usage';

/** Options of all that works on the objects of one board. */
export interface BoardOptions extends WaitOptions {
  readonly port: string;
  readonly endpoint?: string;
}
interface WriteOptions extends BoardOptions {
  readonly type?: ResourceType;
}
interface ObserveOptions extends BoardOptions {
  readonly count?: number;
}

/** What `--type` may be. */
export const types: readonly ResourceType[] = [
  'string',
  'integer',
  'unsigned',
  'float',
  'boolean',
  'time',
  'opaque',
  'objlnk',
];

/** Adds the path, and what says which board is meant. */
export function onBoard(command: Command, description: string, path: string): Command {
  command
    .description(description)
    .argument('<path>', path)
    .requiredOption('--port <address>', `where the board is: ${addressHelp}`)
    .option('--endpoint <name>', 'the board’s endpoint name; needed on UDP (default: the one at the port)');
  return withWait(command, 30);
}

/** `slipway read PATH` */
export function readCommand(command: Command): Command {
  return onBoard(
    command,
    'read an object, an instance or a resource of a board',
    'such as /3/0 or /3303/0/5700',
  );
}

/** `slipway write PATH VALUE` */
export function writeCommand(command: Command): Command {
  return onBoard(command, 'write a resource of a board', 'a resource, such as /1/0/1')
    .argument('<value>', 'number, text, true or false, ISO time, hexadecimal bytes, or 3:0')
    .addOption(new Option('--type <type>', 'type of a resource that has no definition').choices(types));
}

/** `slipway execute PATH [ARGUMENTS]` */
export function executeCommand(command: Command): Command {
  return onBoard(command, 'execute a resource of a board', 'a resource, such as /3/0/4').argument(
    '[arguments]',
    "arguments, such as 0='30',1",
  );
}

/** `slipway observe PATH` */
export function observeCommand(command: Command): Command {
  return onBoard(
    command,
    'tell of a board’s values as they change, until interrupted',
    'such as /5/0 or /3303/0/5700',
  ).option('--count <number>', 'end after so many changes', wholeNumber(1));
}

/** `slipway discover PATH` */
export function discoverCommand(command: Command): Command {
  return onBoard(command, 'list what a board has, with its attributes', 'such as /3 or /3/0');
}

export const read: Run<[path: string, options: BoardOptions]> = async (context, path, options) => {
  checkPath(path);
  return withBoard(context, options, async (board) => {
    const values = await board.read(path, { signal: context.signal });
    for (const [at, value] of values) show(context, at, value);
    return exitCodes.done;
  });
};

export const write: Run<[path: string, text: string, options: WriteOptions]> = async (
  context,
  path,
  text,
  options,
) => {
  const { resourceId } = checkPath(path);
  if (resourceId === undefined) throw usageError(`error: ${path} is not the path of a resource`);
  const input = parseInput(text, inputDefinition(path, options.type));
  if ('problem' in input) {
    throw usageError(`error: "${text}" does not fit ${path}. ${problemText(input.problem)}`);
  }
  return withBoard(context, options, async (board) => {
    await board.write(path, input.value, { signal: context.signal });
    context.output.print(`${path} written`);
    context.output.event({ type: 'written', path, value: jsonValue(input.value) });
    return exitCodes.done;
  });
};

export const execute: Run<[path: string, args: string | undefined, options: BoardOptions]> = async (
  context,
  path,
  args,
  options,
) => {
  const { resourceId, resourceInstanceId } = checkPath(path);
  if (resourceId === undefined || resourceInstanceId !== undefined) {
    throw usageError(`error: ${path} is not the path of a resource`);
  }
  const problem = argumentsProblem(args ?? '');
  if (problem !== undefined) throw usageError(`error: "${args ?? ''}" are no arguments. ${problem}`);
  return withBoard(context, options, async (board) => {
    await board.execute(path, args, { signal: context.signal });
    context.output.print(`${path} executed`);
    context.output.event({ type: 'executed', path, ...(args !== undefined && { arguments: args }) });
    return exitCodes.done;
  });
};

export const discover: Run<[path: string, options: BoardOptions]> = async (context, path, options) => {
  checkPath(path);
  return withBoard(context, options, async (board) => {
    for (const link of await board.discover(path, { signal: context.signal })) {
      const attributes = Object.entries(link.attributes).map(([name, value]) =>
        value === true ? name : `${name}=${value}`,
      );
      context.output.print(
        [link.path, nameOf(link.path), attributes.join(' ')].filter((part) => part !== '').join('  '),
      );
      context.output.event({
        type: 'resource',
        path: link.path,
        name: nameOf(link.path),
        attributes: link.attributes,
      });
    }
    return exitCodes.done;
  });
};

export const observe: Run<[path: string, options: ObserveOptions]> = async (context, path, options) => {
  checkPath(path);
  return withBoard(context, options, async (board) => {
    let left = options.count ?? Infinity;
    const { signal } = context;
    const shown = new Promise<void>((resolve, reject) => {
      const tell = (paths: readonly string[]): void => {
        for (const at of paths) {
          const value = board.values.get(at);
          if (left <= 0 || value === undefined || !(at === path || at.startsWith(`${path}/`))) continue;
          show(context, at, value);
          if (--left === 0) resolve();
        }
      };
      board.onDidChange((change) => {
        if (change.kind === 'values') tell(change.paths);
        if (change.kind === 'offline') context.output.note(`${board.endpoint} is offline; waiting for it`);
      });
      board.observe(path, { signal }).catch(reject);
    });
    await unlessAborted(shown, signal);
    return exitCodes.done;
  });
};

/** Runs `work` on the board that the options mean. */
export async function withBoard(
  context: Context,
  options: BoardOptions,
  work: (board: Board) => Promise<number>,
): Promise<number> {
  if (hasManyPeers(options.port) && options.endpoint === undefined) {
    throw usageError('error: on a network there may be many boards: say with --endpoint which one is meant');
  }
  const desk = new Desk(context);
  try {
    desk.connect(options.port, options.baud);
    return await work(await desk.waitForBoard(options.endpoint, options.wait));
  } finally {
    desk.dispose();
    context.output.clearLine();
  }
}

/** The ids of a path. Wrong usage where it is none. */
export function checkPath(path: string): ReturnType<typeof parsePath> {
  try {
    return parsePath(path);
  } catch (error) {
    if (!SlipwayError.is(error, 'lwm2m.bad-value')) throw error;
    throw usageError(`error: "${path}" is not a path such as /3/0/1`);
  }
}

/** What a typed value has to fit; `type` is for a resource without definition. */
export function inputDefinition(path: string, type: ResourceType | undefined): InputDefinition {
  const { objectId, resourceId = 0 } = parsePath(path);
  const definition = resourceDefinition(objectId, resourceId);
  if (definition && definition.type !== 'none') return definition;
  if (type !== undefined) return { type };
  throw usageError(`error: ${path} has no definition of a value: say its type with --type`);
}

function show({ output }: Context, path: string, value: ResourceValue): void {
  const { objectId, resourceId = 0 } = parsePath(path);
  const definition = resourceDefinition(objectId, resourceId);
  const name = nameOf(path);
  output.print(`${path}  ${name === '' ? '' : `${name}: `}${exactText(value, definition)}`);
  output.event({ type: 'value', path, ...(name !== '' && { name }), value: jsonValue(value) });
}

function nameOf(path: string): string {
  const [objectId = -1, , resourceId] = pathIds(path) ?? [];
  if (resourceId === undefined) return objectDefinition(objectId)?.name ?? '';
  return resourceDefinition(objectId, resourceId)?.name ?? '';
}

/** Numbers and booleans as such, everything else as it is copied: ISO time, hexadecimal, `/3/0` for a link. */
function jsonValue(value: ResourceValue): string | number | boolean {
  return typeof value === 'number' || typeof value === 'boolean' ? value : copyText(value);
}
