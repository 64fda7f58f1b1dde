import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { PackageHost } from '../coap/package-host';
import { readBytes } from '../image/read-image';
import type { Board } from '../lwm2m/board';
import type { DeliveryPreference } from '../update/delivery';
import { UpdateHistory } from '../update/history';
import { HttpHost } from '../update/http-host';
import { PackageSource } from '../update/package-source';
import { linkedComponents } from '../update/software-links';
import type { SoftwareSource } from '../update/software-run';
import { SoftwareService, toSoftwarePackage } from '../update/software-service';
import type { SoftwareOperation } from '../update/software-states';
import { readSoftware } from '../update/software-status';
import { doneText, softwareResultText, softwareStateText } from '../ui/software-wording';
import { durationText } from '../ui/quantities';
import { outcomeText } from '../ui/wording';
import type { Context, Run } from './context';
import { Desk } from './desk';
import { exitCodeOfRecord, exitCodes } from './exit-codes';
import { addressHelp, hasManyPeers, type WaitOptions, withWait } from './link-options';
import { passwordOf } from './passphrase';
import { reportProgress } from './progress-report';
import { historyStore, timeoutsOf } from './push-options';
import { reportDescription } from './report-error';
import { seconds, usageError, wholeNumber } from './usage';
import { describeRecorded } from './wording';

interface BoardOptions extends WaitOptions {
  readonly port: string;
  readonly endpoint?: string;
}

interface OperationOptions extends BoardOptions {
  readonly instance: number;
  /** ms. */
  readonly timeout?: number;
  readonly history?: string;
}

interface DeliverOptions extends OperationOptions {
  readonly uri?: string;
  readonly user?: string;
  readonly delivery: DeliveryPreference;
}

function withBoard(command: Command): Command {
  command
    .requiredOption('--port <address>', `where the board is: ${addressHelp}`)
    .option('--endpoint <name>', 'the board’s endpoint name; needed on UDP (default: the one at the port)');
  return withWait(command, 30);
}

function withOperation(command: Command): Command {
  return withBoard(command)
    .option('--instance <number>', 'instance of object 9', wholeNumber(0, 65_534), 0)
    .option('--timeout <seconds>', 'how long the board may take', seconds)
    .option('--history <file>', 'file to keep a record of the run in');
}

/** `slipway software list` */
export function listSoftwareCommand(command: Command): Command {
  return withBoard(command.description('list the software of a board, with its components'));
}

export const listSoftware: Run<[options: BoardOptions]> = async (context, options) =>
  await onBoard(context, options, async (board) => {
    for (const instance of [...board.instancesOf(9)].sort((a, b) => a - b)) {
      await listInstance(context, board, instance);
    }
    if (!board.hasObject(9)) context.output.note(`${board.endpoint} has no software management (object 9).`);
    return exitCodes.done;
  });

async function listInstance({ output, signal }: Context, board: Board, instance: number): Promise<void> {
  const { state, result, active } = await readSoftware(board, instance, signal);
  const text = (path: string): string | undefined => {
    const value = board.values.get(path);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = text(`/9/${instance}/0`);
  const version = text(`/9/${instance}/1`);
  const components = [];
  for (const component of linkedComponents(board.values, instance)) {
    if (!board.instancesOf(14).includes(component)) continue;
    await board.read(`/14/${component}`, { signal });
    components.push({
      ...{ component, identity: text(`/14/${component}/0`), version: text(`/14/${component}/2`) },
      active: board.values.get(`/14/${component}/5`),
    });
  }
  output.event({ type: 'software', instance, name, version, state, result, active, components });
  const activity = state === 4 && active !== undefined ? [active ? 'active' : 'inactive'] : [];
  const outcome = result === 0 ? [] : [softwareResultText(result).text];
  const what = [name ?? '(nothing)', version].filter(Boolean).join(' ');
  output.print(`/9/${instance}  ${what}  ${[softwareStateText(state), ...activity, ...outcome].join(', ')}`);
  for (const { component, identity, version: of } of components) {
    output.print(`  /14/${component}  ${[identity ?? '(nothing)', of].filter(Boolean).join(' ')}`);
  }
}

/** `slipway software deliver [FILE]` */
export function deliverCommand(command: Command): Command {
  return withOperation(
    command
      .description('bring a software package to a board, which installs it when it is told to')
      .argument('[file]', 'the software package, of whatever form the board takes'),
  )
    .option('--uri <uri>', 'let the board fetch it from a server of your own instead')
    .option('--user <name>', 'user name for that server; its password comes from SLIPWAY_PASSWORD')
    .addOption(
      new Option('--delivery <way>', 'push the file, or let the board pull it')
        .choices(['auto', 'push', 'pull'])
        .default('auto'),
    );
}

export const deliver: Run<[file: string | undefined, options: DeliverOptions]> = async (
  context,
  file,
  options,
) => {
  if ((file === undefined) === (options.uri === undefined)) {
    throw usageError('error: give the file of the package, or the --uri that the board fetches it from');
  }
  return await operate(context, 'deliver', options, await sourceOf(context, file, options), options.delivery);
};

async function sourceOf(
  context: Context,
  file: string | undefined,
  { uri = '', user }: DeliverOptions,
): Promise<SoftwareSource> {
  if (file !== undefined) return { package: toSoftwarePackage(basename(file), await readBytes(file)) };
  if (user === undefined) return { uri };
  return { uri, userName: user, password: await passwordOf(context, user) };
}

/** `slipway software install`, `activate` and `deactivate`. */
export function operationCommand(description: string): (command: Command) => Command {
  return (command) => withOperation(command.description(description));
}

export function operation(kind: SoftwareOperation): Run<[options: OperationOptions]> {
  return async (context, options) => await operate(context, kind, options);
}

/** `slipway software uninstall` */
export function uninstallCommand(command: Command): Command {
  return withOperation(command.description('take software from a board')).option(
    '--for-update',
    'prepare for the delivery of an update instead, which keeps its settings',
  );
}

export const uninstall: Run<[options: OperationOptions & { readonly forUpdate?: boolean }]> = async (
  context,
  options,
) => await operate(context, options.forUpdate ? 'uninstall-for-update' : 'uninstall', options);

async function operate(
  context: Context,
  kind: SoftwareOperation,
  options: OperationOptions,
  source?: SoftwareSource,
  delivery: DeliveryPreference = 'auto',
): Promise<number> {
  const { clock, log, output, signal } = context;
  const history = await UpdateHistory.open(historyStore(context, options.history), log);
  const packages = new PackageHost();
  const http = new HttpHost(packages, () => ({ enabled: false, host: '', port: 0 }), log);
  const software = new SoftwareService({
    ...{ clock, log, history },
    timeouts: () => timeoutsOf(options.timeout),
    delivery: () => delivery,
    packages: new PackageSource(packages, http),
  });
  try {
    return await onBoard(
      context,
      options,
      async (board) => {
        const job = software.start(board, options.instance, kind, source);
        const reporting = reportProgress(job, output);
        const cancel = (): void => job.cancel();
        signal.addEventListener('abort', cancel, { once: true });
        if (signal.aborted) cancel();
        const record = await job.finished;
        signal.removeEventListener('abort', cancel);
        reporting.dispose();
        await history.flush();
        const exitCode = exitCodeOfRecord(record);
        output.event({ type: 'result', ...record, exitCode });
        if (record.outcome === 'succeeded') {
          const done = doneText(kind, record.packageName, record.toVersion);
          output.print(`${record.board}: ${done} (${durationText(record.durationMs)})`);
        } else if (record.error) reportDescription(output, describeRecorded(record.error));
        else output.note(`${outcomeText(record.outcome)}.`);
        return exitCode;
      },
      packages,
    );
  } finally {
    software.dispose();
    http.dispose();
  }
}

/** Waits for the board, and works on it. Wrong usage where it is not said which one. */
async function onBoard(
  context: Context,
  { port, endpoint, baud, wait }: BoardOptions,
  work: (board: Board) => Promise<number>,
  packages?: PackageHost,
): Promise<number> {
  if (hasManyPeers(port) && endpoint === undefined) {
    throw usageError('error: on a network there may be many boards: say with --endpoint which one is meant');
  }
  const desk = new Desk(context, packages && { resources: (request) => packages.handle(request) });
  try {
    desk.connect(port, baud);
    const board = await desk.waitForBoard(endpoint, wait);
    context.output.event({ type: 'board', endpoint: board.endpoint, link: board.link.id });
    return await work(board);
  } finally {
    desk.dispose();
  }
}
