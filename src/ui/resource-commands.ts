import { ProgressLocation, env, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { type ResourceDefinition } from '../lwm2m/objects/definition';
import { objectDefinition, resourceDefinition } from '../lwm2m/objects/objects';
import { isWithin, parsePath } from '../lwm2m/path';
import type { ResourceValue } from '../lwm2m/values';
import { attributesText } from './attribute-input';
import { nodeOf } from './node-argument';
import type { Commands, Parts } from './parts';
import { askArguments, askAttributes, askId, askValue, confirm } from './resource-prompts';
import { valueText } from './resource-text';
import { type Depths, type Target, nameOf, pathOf, targetOf } from './resource-target';

/** Factory Reset of the Device object takes more away than any other Execute. */
const factoryReset = /^\/3\/\d+\/5$/;

/** What can be done with any object and resource of any board. */
export function resourceCommands(parts: Parts): Commands {
  const { resources } = parts;
  const target = (argument: unknown, depths: Depths, title: string): Promise<Target> =>
    targetOf(parts, argument, depths, title);

  const execute = async ({ board, path }: Target, args?: string): Promise<void> => {
    if (factoryReset.test(path)) {
      const detail = l10n.t('It may lose its configuration, and its account with this server.');
      await confirm(
        l10n.t('Reset {0} to its factory settings?', board.endpoint),
        detail,
        l10n.t('Factory Reset'),
      );
    }
    await working(board, (signal) => board.execute(path, args, { signal }));
    say(l10n.t('{0} executed on {1}', nameOf(path), board.endpoint));
  };

  return {
    'resource.read': async (argument) => {
      const { board, path } = await target(argument, [1, 2, 3, 4], l10n.t('Read'));
      const values = await working(board, (signal) => board.read(path, { signal }));
      const { objectId, resourceId = 0 } = parsePath(path);
      const value = values.get(path);
      const text =
        value === undefined
          ? countText(values.size)
          : valueText(value, resourceDefinition(objectId, resourceId));
      say(l10n.t('{0}: {1}', nameOf(path), text));
    },
    'resource.write': async (argument) => {
      const { board, path } = await target(argument, [3, 4], l10n.t('Write'));
      await write(board, path);
    },
    'resource.execute': async (argument) => {
      await execute(await target(argument, [3], l10n.t('Execute')));
    },
    'resource.executeWith': async (argument) => {
      const where = await target(argument, [3], l10n.t('Execute'));
      await execute(where, await askArguments(l10n.t('Arguments of {0}', nameOf(where.path))));
    },
    'resource.observe': async (argument) => {
      const { board, path } = await target(argument, [1, 2, 3, 4], l10n.t('Observe'));
      await working(board, (signal) => resources.observe(board, path, signal));
      say(l10n.t('{0} is observed', nameOf(path)));
    },
    'resource.stopObserving': async (argument) => {
      const { board, path } = await target(argument, [1, 2, 3, 4], l10n.t('Stop observing'));
      resources.stopObserving(board.endpoint, path);
    },
    'resource.setAttributes': async (argument) => {
      const { board, path } = await target(argument, [1, 2, 3, 4], l10n.t('Set notification attributes'));
      const links = await working(board, (signal) => board.discover(path, { signal }));
      const before = attributesText(links.find((link) => link.path === path)?.attributes ?? {});
      const attributes = await askAttributes(l10n.t('Notifications of {0}', nameOf(path)), path, before);
      await working(board, (signal) => board.writeAttributes(path, attributes, { signal }));
      say(l10n.t('{0} notifies by these attributes from now on', nameOf(path)));
    },
    'object.createInstance': async (argument) => {
      const { board, path } = await target(argument, [1], l10n.t('Create an instance'));
      await create(board, parsePath(path).objectId);
    },
    'instance.delete': async (argument) => {
      const { board, path } = await target(argument, [2], l10n.t('Delete an instance'));
      await confirm(
        l10n.t('Delete {0} of {1}?', nameOf(path), board.endpoint),
        l10n.t('What it holds is lost on the board.'),
        l10n.t('Delete'),
      );
      await working(board, (signal) => board.delete(path, { signal }));
      say(l10n.t('{0} is deleted', path));
    },
    'resource.copyPath': async (argument) => {
      const node = nodeOf(argument);
      const path = node && pathOf(node);
      if (path === undefined) throw new SlipwayError('cancelled', {});
      await env.clipboard.writeText(path);
      say(l10n.t('Copied {0}', path));
    },
  };
}

/** Asks for a value and writes it; what the board holds then is read back where that can be. */
async function write(board: Board, path: string): Promise<void> {
  const { objectId, resourceId = 0, resourceInstanceId } = parsePath(path);
  const definition = resourceDefinition(objectId, resourceId);
  const title = l10n.t('Write {0} on {1}', nameOf(path), board.endpoint);
  if (definition?.multiple && resourceInstanceId === undefined) {
    const id = await askId(title, l10n.t('It has several values: the number of the one to write'), false);
    await write(board, `${path}/${id ?? 0}`);
    return;
  }
  const value = await askValue(title, valueDefinition(definition), board.values.get(path));
  await working(board, async (signal) => {
    if (resourceInstanceId === undefined) await board.write(path, value, { signal });
    else await writeAmong(board, path, value, signal);
    if (definition?.operations.includes('R') ?? true) await board.read(path, { signal });
  });
  say(l10n.t('{0} is written', nameOf(path)));
}

/** One value of a multiple resource: all are written, as version 1.0 has no other way (LwM2M Core §6.3.3). */
async function writeAmong(
  board: Board,
  path: string,
  value: ResourceValue,
  signal: AbortSignal,
): Promise<void> {
  const resource = path.slice(0, path.lastIndexOf('/'));
  const others = [...board.values].filter(([at]) => isWithin(at, resource));
  await board.writeAll(resource, new Map([...others, [path, value]]), 'replace', { signal });
}

/** Asks for what an instance can't be without, and creates it. */
async function create(board: Board, objectId: number): Promise<void> {
  const title = l10n.t('Create an instance of {0}', nameOf(`/${objectId}`));
  const instanceId = await askId(title, l10n.t('Its number; leave it empty to let the board choose'), true);
  const values = new Map<string, ResourceValue>();
  for (const definition of objectDefinition(objectId)?.resources.values() ?? []) {
    if (!definition.mandatory || !definition.operations.includes('W')) continue;
    const value = await askValue(
      l10n.t('{0} of the new instance', definition.name),
      valueDefinition(definition),
    );
    values.set(definition.multiple ? `${definition.id}/0` : String(definition.id), value);
  }
  const made = await working(board, (signal) =>
    board.create(objectId, values, { signal, ...(instanceId !== undefined && { instanceId }) }),
  );
  say(made === undefined ? l10n.t('An instance is created') : l10n.t('/{0}/{1} is created', objectId, made));
}

/** What is asked for; a resource that takes no value by its definition takes what the user thinks it does. */
function valueDefinition(definition: ResourceDefinition | undefined): ResourceDefinition | undefined {
  return definition?.type === 'none' ? undefined : definition;
}

/** Shows that something is under way; that a board sleeps through it can be ended. */
async function working<T>(board: Board, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const title = l10n.t('Waiting for {0} to wake', board.endpoint);
  const options = board.sleep?.asleep
    ? { location: ProgressLocation.Notification, title, cancellable: true }
    : { location: { viewId: 'slipway.boards' } };
  return await window.withProgress(options, async (_progress, token) => {
    const subscription = token.onCancellationRequested(() => stop.abort(new SlipwayError('cancelled', {})));
    try {
      return await work(stop.signal);
    } finally {
      subscription.dispose();
    }
  });
}

function countText(count: number): string {
  return count === 1 ? l10n.t('1 value') : l10n.t('{0} values', count);
}

function say(text: string): void {
  window.setStatusBarMessage(`$(check) ${text}`, 4000);
}
