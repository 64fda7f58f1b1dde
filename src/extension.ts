import { join } from 'node:path';
import { type ExtensionContext, l10n, tasks, window, workspace } from 'vscode';
import { systemClock as clock } from './base/clock';
import type { BoardPolicy } from './board/bootloader';
import { createCoapEndpoint } from './coap/node-coap-endpoint';
import { TraceRecorder } from './coap/trace-recorder';
import { PackageHost } from './coap/package-host';
import type { Link } from './link/link';
import { openLink } from './link/open-link';
import { requestRegistration } from './lwm2m/registration-trigger';
import { Lwm2mServer } from './lwm2m/server';
import { SequenceStore } from './manifest/sequence-store';
import type { StoredSigner } from './manifest/stored-key';
import type { SlipwayApi } from './ui/api';
import { boardCommands } from './ui/board-commands';
import { boardPolicy } from './ui/board-policy';
import { BoardProfiles } from './ui/board-profiles';
import { boardProject } from './ui/board-project';
import { chooseBoard } from './ui/choosing';
import { componentsCommands } from './ui/components-commands';
import { Connections } from './ui/connections';
import { Consoles } from './ui/consoles';
import { ContextKeys } from './ui/context-keys';
import { createDeskBootstrap } from './ui/desk-bootstrap';
import { DeskServer } from './ui/desk-server';
import { Firmware } from './ui/firmware';
import { firmwareCommands } from './ui/firmware-commands';
import { FirmwareSteps } from './ui/firmware-steps';
import { keyCommands } from './ui/key-commands';
import { inspectorCommands } from './ui/inspector-commands';
import { KeyFilePrompts } from './ui/key-files-prompts';
import { keyParts } from './ui/key-parts';
import { registerLanguageTools } from './ui/language-tools';
import { LiveValues } from './ui/live-values';
import { reportError } from './ui/messages';
import type { Own, Parts } from './ui/parts';
import { portCommands } from './ui/port-commands';
import { ProjectBoard } from './ui/project-board';
import { registerCommands } from './ui/register-commands';
import { RememberedPorts } from './ui/remembered-ports';
import { ResourceAccess } from './ui/resource-access';
import { resourceCommands } from './ui/resource-commands';
import { rootCommands } from './ui/root-commands';
import { secretCommands } from './ui/secret-commands';
import { serverCommands } from './ui/server-commands';
import { settings } from './ui/settings';
import { severalCommands } from './ui/several-commands';
import { softwareCommands } from './ui/software-commands';
import { FirmwareTasks } from './ui/tasks';
import { updateCommands } from './ui/update-commands';
import { updateParts } from './ui/update-parts';
import { viewParts } from './ui/view-parts';
import { VirtualBoards } from './ui/virtual-boards';

/** VS Code's contract has no other way from `activate` to `deactivate`. */
let endRuns: (() => Promise<void>) | undefined;

/** Runs that end with the window still enter the history: VS Code waits for this. */
export async function deactivate(): Promise<void> {
  await endRuns?.();
}

/** Builds everything from its parts, and connects them. */
export async function activate(context: ExtensionContext): Promise<SlipwayApi> {
  const own: Own = (item) => {
    context.subscriptions.push(item);
    return item;
  };
  const log = own(window.createOutputChannel('Slipway', { log: true }));
  const createEndpoint = (link: Link): ReturnType<typeof createCoapEndpoint> =>
    createCoapEndpoint(link, { clock, log });

  // Boards
  const trace = own(new TraceRecorder(clock));
  const bootstrap = own(createDeskBootstrap(() => policy, log));
  const packages = new PackageHost();
  const profiles = new BoardProfiles(context.globalState, log);
  const server: Lwm2mServer = own(
    new Lwm2mServer({
      bootstrap,
      clock,
      log,
      profiles,
      resources: (request) => packages.handle(request),
      createEndpoint: (link) => {
        const endpoint = createCoapEndpoint(link, { clock, log, trace });
        // Ends with its link.
        requestRegistration(server, endpoint, log);
        return endpoint;
      },
    }),
  );
  const connections = own(
    new Connections(server, (address, portKey) =>
      openLink(address, { clock, log, baudRate: settings.baudRate(), ...(portKey && { portKey }) }),
    ),
  );
  const values = own(new LiveValues(server, log));
  const consoles = own(new Consoles(connections, log));

  // Keys
  const keyring = await keyParts(context, clock, log, own);
  const { keysFolder, keysView, ring, roots } = keyring;
  const policy: BoardPolicy = boardPolicy(keyring);

  // Boards that are programs
  const virtualBoards = own(
    new VirtualBoards({
      connections,
      createEndpoint,
      clock,
      log,
      policy,
      lineRate: settings.virtualLineRate,
    }),
  );
  // VS Code gives no storage to a window without a workspace, which has no project either.
  const storage = context.storageUri ?? context.globalStorageUri;
  const projectBoard: ProjectBoard = own(
    new ProjectBoard({
      connections,
      log,
      project: boardProject,
      build: async () =>
        await window.withProgress({ location: { viewId: 'slipway.boards' } }, () =>
          firmwareTasks.run('build', workspace.workspaceFolders?.[0]),
        ),
      flash: join(storage.fsPath, 'emulated-board.flash'),
      policy,
    }),
  );
  own(projectBoard.onDidFail((error) => reportError(error, log)));
  own(
    ring.onDidChange(() => void projectBoard.provision().catch((error: unknown) => reportError(error, log))),
  );

  // Updates
  const signer = (): Promise<StoredSigner | undefined> => ring.signerAtHand();
  const updating = await updateParts(context, { clock, log, server, packages, signer }, own);
  endRuns = () => updating.end();

  // The way of a firmware
  const contextKeys = new ContextKeys();
  const steps = new FirmwareSteps(
    new Firmware(() => new SequenceStore(keysFolder(), clock), log),
    updating.pushes,
    {
      signerAtHand: signer,
      keys: keyring.packageKeys,
      isTrusted: () => workspace.isTrusted,
      done: (step) => contextKeys.set(step, true),
    },
  );
  const firmwareTasks = new FirmwareTasks(clock, steps, async (name) =>
    name === undefined
      ? await chooseBoard(
          [...server.boards.values()].filter(({ online }) => online),
          l10n.t('Push to'),
        )
      : server.board(name),
  );
  own(tasks.registerTaskProvider('slipway', firmwareTasks));

  // What is shown
  const ports = new RememberedPorts(context.workspaceState);
  const desk = own(new DeskServer(connections, virtualBoards, projectBoard, ports, settings, log));
  const resources = own(new ResourceAccess(server, (board) => updating.isUpdating(board), log));
  const wired = {
    ...{ clock, log, server, bootstrap, connections, desk, virtualBoards, projectBoard, ports, profiles },
    ...{ values, resources, consoles, context: contextKeys, ...updating, ...keyring },
  };
  const views = viewParts({ ...wired, extensionUri: context.extensionUri, trace, policy }, own);

  // What can be done
  const parts: Parts = {
    ...wired,
    tasks: firmwareTasks,
    keyFiles: new KeyFilePrompts(ring),
    panel: views.panel,
  };
  own(
    registerCommands(
      [
        serverCommands,
        portCommands,
        boardCommands,
        resourceCommands,
        firmwareCommands,
        severalCommands,
        componentsCommands,
        softwareCommands,
        updateCommands,
        keyCommands,
        secretCommands,
        rootCommands,
        inspectorCommands,
        () => views.traceView.commands,
      ].map((group) => group(parts)),
      log,
    ),
  );
  own(registerLanguageTools(parts));
  own(
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('slipway.server.udp')) desk.listenOnUdp();
      if (event.affectsConfiguration('slipway.connections')) desk.connectConfigured();
      if (event.affectsConfiguration('slipway.signing') || event.affectsConfiguration('slipway.keys')) {
        void ring.reload();
        void roots.reload();
      }
    }),
  );

  views.show();
  desk.start().catch((error: unknown) => reportError(error, log));
  return {
    ...views.api,
    keys: keysView,
    history: () => updating.history.records,
    consoleText: (name) => {
      const link = server.boards.get(name)?.link.id;
      return link === undefined ? undefined : consoles.textOf(link);
    },
  };
}
