import { type Command, Option } from 'commander';
import { pathIds } from '../lwm2m/path';
import type { ResourceType } from '../lwm2m/objects/definition';
import { parseInput } from '../lwm2m/value-input';
import type { ResourceValue } from '../lwm2m/values';
import { problemText } from '../ui/resource-wording';
import type { Run } from './context';
import { exitCodes } from './exit-codes';
import { type BoardOptions, checkPath, inputDefinition, onBoard, types, withBoard } from './resources';
import { usageError } from './usage';

interface CreateOptions extends BoardOptions {
  readonly type?: ResourceType;
}

/** `slipway create PATH [RESOURCE=VALUE…]` */
export function createCommand(command: Command): Command {
  return onBoard(
    command,
    'create an instance of an object on a board',
    'the object, such as /19, where the board chooses the number; or the instance, such as /19/2',
  )
    .argument('[resource=value...]', 'what it holds, such as 3=notes 0/0=cafe; values as for write')
    .addOption(new Option('--type <type>', 'type of resources that have no definition').choices(types));
}

/** `slipway delete PATH` */
export function deleteCommand(command: Command): Command {
  return onBoard(
    command,
    'delete an instance of an object from a board',
    'an instance, such as /19/2; one value of a resource, such as /19/2/0/1, from LwM2M 1.2 on',
  );
}

export const create: Run<[path: string, values: readonly string[], options: CreateOptions]> = async (
  context,
  path,
  texts,
  options,
) => {
  const { objectId, instanceId, resourceId } = checkPath(path);
  if (resourceId !== undefined) {
    throw usageError(`error: ${path} is not the path of an object or an instance`);
  }
  const values = parseValues(objectId, texts, options.type);
  return withBoard(context, options, async (board) => {
    const { signal } = context;
    const chosen = instanceId === undefined ? {} : { instanceId };
    const made = await board.create(objectId, values, { signal, ...chosen });
    context.output.print(
      made === undefined ? `an instance of /${objectId} created` : `/${objectId}/${made} created`,
    );
    context.output.event({ type: 'created', ...(made !== undefined && { path: `/${objectId}/${made}` }) });
    return exitCodes.done;
  });
};

export const deleteInstance: Run<[path: string, options: BoardOptions]> = async (context, path, options) => {
  const depth = pathIds(path)?.length;
  if (depth !== 2 && depth !== 4) throw usageError(`error: ${path} is not the path of an instance`);
  return withBoard(context, options, async (board) => {
    await board.delete(path, { signal: context.signal });
    context.output.print(`${path} deleted`);
    context.output.event({ type: 'deleted', path });
    return exitCodes.done;
  });
};

/** The resources of `3=notes 0/0=cafe`, by their path below the instance. Wrong usage where one does not fit. */
function parseValues(
  objectId: number,
  texts: readonly string[],
  type: ResourceType | undefined,
): ReadonlyMap<string, ResourceValue> {
  const values = new Map<string, ResourceValue>();
  for (const text of texts) {
    const [, key = '', typed = ''] = /^(\d+(?:\/\d+)?)=(.*)$/s.exec(text) ?? [];
    if (key === '') throw usageError(`error: "${text}" is not of the form RESOURCE=VALUE`);
    if (values.has(key)) throw usageError(`error: resource ${key} is given twice`);
    const path = `/${objectId}/0/${key}`;
    checkPath(path);
    const input = parseInput(typed, inputDefinition(path, type));
    if ('problem' in input) {
      throw usageError(`error: "${typed}" does not fit resource ${key}. ${problemText(input.problem)}`);
    }
    values.set(key, input.value);
  }
  return values;
}
