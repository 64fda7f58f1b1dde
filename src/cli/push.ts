import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Disposable } from '../base/disposable';
import { PackageHost } from '../coap/package-host';
import type { TraceRecorder } from '../coap/trace-recorder';
import { makeDelta } from '../image/delta/make-delta';
import type { Board } from '../lwm2m/board';
import type { StoredSigner } from '../manifest/stored-key';
import type { DeliveryPreference } from '../update/delivery';
import { UpdateHistory } from '../update/history';
import { HttpHost, type HttpHostSettings } from '../update/http-host';
import { defaultImageFolder } from '../update/image-folder';
import { ImagePush } from '../update/image-push';
import { ImageStore } from '../update/image-store';
import { PackageSource } from '../update/package-source';
import type { UpdatePackage, UpdateRecord } from '../update/types';
import { UpdateService } from '../update/update-service';
import { noPatchText, sentPackageText, sentText } from '../ui/delta-wording';
import { bytesText, durationText, rateText } from '../ui/quantities';
import { outcomeText } from '../ui/wording';
import type { Context, Run } from './context';
import { Desk } from './desk';
import { type ExitCode, exitCodeOfRecord } from './exit-codes';
import { type KeyFolderOptions, trustAnchors, withKeyFolder } from './key-options';
import { addressHelp, hasManyPeers, socketAddress, type WaitOptions, withWait } from './link-options';
import { type Packages, pushComponents, readPackages } from './push-components';
import { pushSeveral } from './push-several';
import { historyStore, timeoutsOf } from './push-options';
import { openSigners } from './open-signers';
import { type PassphraseOptions, withPassphraseFile } from './passphrase';
import { reportDescription } from './report-error';
import { reportProgress } from './progress-report';
import { collect, seconds, usageError, wholeNumber } from './usage';
import { type TraceOptions, traced, withTrace } from './trace-file';
import { verifyEnvelope } from '../manifest/suit-verify';
import { describeRecorded } from './wording';

interface PushOptions extends WaitOptions, KeyFolderOptions, PassphraseOptions, TraceOptions {
  readonly key?: string;
  readonly images?: string;
  readonly port: readonly string[];
  readonly endpoint?: readonly string[];
  readonly all?: boolean;
  readonly components?: readonly string[];
  readonly concurrency: number;
  readonly trust?: readonly string[];
  readonly delivery: DeliveryPreference;
  /** HOST:PORT */
  readonly http?: string;
  readonly severity?: number;
  /** ms. */
  readonly timeout?: number;
  readonly history?: string;
  readonly allowDowngrade?: boolean;
  readonly verbose?: number;
}

/** Boards at a time where one package goes to several. */
const defaultConcurrency = 8;

/** `slipway push FILE` */
export function pushCommand(command: Command): Command {
  command
    .description('push a signed package to a board and see it through to the running image')
    .argument('[file]', 'the signed package')
    .option(
      '--components <name=file...>',
      'packages for components of one board (object 33629) instead, updated together',
    )
    .requiredOption('--port <address>', `where the board is: ${addressHelp}; repeatable`, collect)
    .option(
      '--endpoint <name>',
      'the board’s endpoint name, needed on UDP (default: the one at the port); repeatable',
      collect,
    )
    .option('--all', 'every board that registers within --wait and takes firmware')
    .option(
      '--concurrency <boards>',
      'boards at a time, 0 for all (default: 8)',
      wholeNumber(0, 10_000),
      defaultConcurrency,
    )
    .option('--trust <name-or-pem>', 'check the package with this key before the push; repeatable', collect)
    .option(
      '--timeout <seconds>',
      'how long the board may take to accept the package, and to reboot',
      seconds,
    )
    .addOption(
      new Option('--delivery <way>', 'push the package, or let the board pull it')
        .choices(['auto', 'push', 'pull'])
        .default('auto'),
    )
    .option(
      '--http <host:port>',
      'offer the package by HTTP there too, to boards that pull; port 0 takes any',
    )
    .option(
      '--severity <number>',
      'tell the board how severe it is: 0 critical to 2 optional',
      wholeNumber(0, 2),
    )
    .option('--allow-downgrade', 'push also a package with an older version than the board runs')
    .option('--key <name>', 'key that signed the package: signs a patch, for boards that take those')
    .addOption(
      new Option(
        '--images <folder>',
        'folder of images that were pushed, as bases for patches (default: the user’s own)',
      ).env('SLIPWAY_IMAGES'),
    )
    .option('--history <file>', 'file to keep a record of the run in');
  return withTrace(withKeyFolder(withPassphraseFile(withWait(command, 30))));
}

export const push: Run<[file: string | undefined, options: PushOptions]> = async (context, file, options) => {
  const { port: ports, endpoint: endpoints = [], all = false } = options;
  if (all && endpoints.length > 0) throw usageError('error: give --all or --endpoint, not both');
  const mayBeSeveral = ports.map(hasManyPeers).some(Boolean) || ports.length > 1;
  if (mayBeSeveral && endpoints.length === 0 && !all) {
    throw usageError('error: there may be many boards: say with --endpoint which ones are meant, or --all');
  }
  const what = await readPackages(file, options.components);
  if (what.named && (all || endpoints.length > 1)) throw usageError('error: --components is for one board');
  if (options.trust) {
    const anchors = await trustAnchors(context, options.trust, options);
    for (const { bytes } of what.named ? what.named.map((one) => one.package) : [what.package]) {
      verifyEnvelope(bytes, { trustAnchors: anchors });
    }
  }
  return await traced(context, options, (trace) => run(context, what, options, trace));
};

async function run(
  context: Context,
  what: Packages,
  options: PushOptions,
  trace: TraceRecorder | undefined,
): Promise<ExitCode> {
  const { clock, log, output } = context;
  const { port: ports, endpoint: endpoints = [], all = false } = options;
  const [signer] = await openSigners(context, options.key === undefined ? [] : [options.key], options);
  const history = await UpdateHistory.open(historyStore(context, options.history), log);
  const packages = new PackageHost();
  const http = new HttpHost(packages, () => httpSettings(options.http), log);
  const desk = new Desk(context, { resources: (request) => packages.handle(request), trace });
  const updates = new UpdateService({
    ...{ clock, log, history },
    timeouts: () => timeoutsOf(options.timeout),
    delivery: () => options.delivery,
    severity: () => options.severity,
    // Nobody is there to be asked: the option is the user's word.
    confirm: () => Promise.resolve(options.allowDowngrade === true),
    packages: new PackageSource(packages, http),
  });
  const { env, platform, homedir } = context.environment;
  const pushes = new ImagePush({
    updates,
    images: new ImageStore(options.images ?? defaultImageFolder(env, platform, homedir), clock, log),
    // Beside the bundle of the command line.
    makePatch: async (base, target, signal) =>
      await makeDelta(base, target, { workerFile: join(__dirname, 'delta-worker.js'), signal }),
    log,
  });
  const isVerbose = (options.verbose ?? 0) > 0;
  try {
    for (const port of ports) desk.connect(port, options.baud);
    if (what.package && (all || endpoints.length > 1)) {
      const { boards, missing } = all
        ? { boards: await desk.collectBoards(options.wait), missing: [] }
        : await desk.waitForBoards(endpoints, options.wait);
      const { package: pkg } = what;
      const { concurrency } = options;
      const push = pushes.several(() => Promise.resolve(signer));
      return await pushSeveral(context, boards, missing, {
        ...{ push, history, package: pkg, concurrency, isVerbose },
      });
    }
    const board = await desk.waitForBoard(endpoints[0], options.wait);
    output.event({ type: 'board', endpoint: board.endpoint, link: board.link.id });
    const record = what.named
      ? await pushComponents(context, updates, board, what.named, isVerbose)
      : await pushFirmware(context, pushes, board, what.package, { signer, isVerbose });
    await history.flush();
    return report(context, record);
  } finally {
    updates.dispose();
    http.dispose();
    desk.dispose();
  }
}

interface FirmwareOptions {
  /** Signs a patch. */
  readonly signer: StoredSigner | undefined;
  /** Tells all checks. */
  readonly isVerbose: boolean;
}

async function pushFirmware(
  { output, signal }: Context,
  pushes: ImagePush,
  board: Board,
  pkg: UpdatePackage,
  { signer, isVerbose }: FirmwareOptions,
): Promise<UpdateRecord> {
  output.note(`${board.endpoint} on ${board.link.id}: ${pkg.name}, ${bytesText(pkg.bytes.length)}`);
  let reporting: Disposable | undefined;
  const record = await pushes.run(board, pkg, {
    signal,
    signer: () => Promise.resolve(signer),
    onNoPatch: (reason, isCompressed) => {
      reporting?.dispose();
      output.note(noPatchText(reason, isCompressed));
      output.event({ type: 'no-patch', reason, compressed: isCompressed });
    },
    onJob: (job) => {
      if (job.package.full) output.note(`Pushing ${sentPackageText(job.package)}`);
      reporting = reportProgress(job, output, isVerbose);
    },
  });
  reporting?.dispose();
  return record;
}

function httpSettings(address: string | undefined): HttpHostSettings {
  if (address === undefined) return { enabled: false, host: '', port: 0 };
  const { host, port } = socketAddress(address);
  return { enabled: true, host, port };
}

function report({ output }: Context, record: UpdateRecord): ExitCode {
  const code = exitCodeOfRecord(record);
  output.event({ type: 'result', ...record, exitCode: code });
  if (record.outcome === 'succeeded') {
    const rate = record.bytesPerSecond === undefined ? '' : `, ${rateText(record.bytesPerSecond)}`;
    const saved = record.savedMs === undefined ? '' : `, ${durationText(record.savedMs)} saved`;
    output.print(
      `${record.board} runs ${record.toVersion ?? 'the new firmware'}: ${sentText(record)} in ` +
        `${durationText(record.durationMs)}${rate}${saved}, ${record.retransmissions} retransmissions`,
    );
  } else if (record.error) reportDescription(output, describeRecorded(record.error));
  else output.note(`${outcomeText(record.outcome)}. ${record.board} keeps the firmware it runs.`);
  return code;
}
