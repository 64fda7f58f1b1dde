import { join } from 'node:path';
import { type ExtensionContext, commands, l10n, tasks, window, workspace } from 'vscode';
import { systemClock as clock } from './base/clock';
import { Throttle } from './base/throttle';
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
import { BoardsView } from './ui/boards-view';
import type { BoardsSource } from './ui/boards-source';
import { chooseBoard } from './ui/choosing';
import { componentsCommands } from './ui/components-commands';
import { Connections } from './ui/connections';
import { Consoles } from './ui/consoles';
import { ContextKeys, boardContext } from './ui/context-keys';
import { createDeskBootstrap } from './ui/desk-bootstrap';
import { DeskServer } from './ui/desk-server';
import { Firmware } from './ui/firmware';
import { firmwareCommands } from './ui/firmware-commands';
import { FirmwareSteps } from './ui/firmware-steps';
import { goOnWithUpdates } from './ui/go-on';
import { historyFile } from './ui/history-file';
import { keyCommands } from './ui/key-commands';
import { inspectionTrust } from './ui/inspection-trust';
import { Inspector } from './ui/inspector';
import { inspectorCommands } from './ui/inspector-commands';
import { createImagePush } from './ui/image-pushes';
import { KeyFilePrompts } from './ui/key-files-prompts';
import { keyParts } from './ui/key-parts';
import { registerLanguageTools } from './ui/language-tools';
import { LiveValues } from './ui/live-values';
import { reportError } from './ui/messages';
import type { PanelState } from './ui/panel-protocol';
import { panelState } from './ui/panel-state';
import type { Parts } from './ui/parts';
import { portCommands } from './ui/port-commands';
import { ProjectBoard } from './ui/project-board';
import { pushAnyway } from './ui/push-anyway';
import { registerCommands } from './ui/register-commands';
import { RememberedPorts } from './ui/remembered-ports';
import { ResourceAccess } from './ui/resource-access';
import { resourceCommands } from './ui/resource-commands';
import { rootCommands } from './ui/root-commands';
import { RunLog } from './ui/run-log';
import { secretCommands } from './ui/secret-commands';
import { serverCommands } from './ui/server-commands';
import { settings } from './ui/settings';
import { severalCommands } from './ui/several-commands';
import { StatusBar } from './ui/status-bar';
import { softwareCommands } from './ui/software-commands';
import { statusText } from './ui/status-text';
import { FirmwareTasks } from './ui/tasks';
import { createTraceView } from './ui/trace-commands';
import { updateCommands } from './ui/update-commands';
import { UpdatePanel } from './ui/update-panel';
import { VirtualBoards } from './ui/virtual-boards';
import { FileHistoryStore } from './update/file-history-store';
import { UpdateHistory } from './update/history';
import { HttpHost } from './update/http-host';
import { PackageSource } from './update/package-source';
import { UpdateBatches } from './update/update-batch';
import { SoftwareService } from './update/software-service';
import { UnfinishedUpdates } from './update/unfinished-updates';
import { UpdateService } from './update/update-service';

/** VS Code's contract has no other way from `activate` to `deactivate`. */
let endRuns: (() => Promise<void>) | undefined;

/** Runs that end with the window still enter the history: VS Code waits for this. */
export async function deactivate(): Promise<void> {
  await endRuns?.();
}

/** Builds everything from its parts, and connects them. */
export async function activate(context: ExtensionContext): Promise<SlipwayApi> {
  const own = <T extends { dispose(): void }>(item: T): T => {
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
  const { keysFolder, keysView, ring, secrets, roots } = keyring;
  const policy: BoardPolicy = boardPolicy(keyring);
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
  const workspaceUri = workspace.workspaceFile ?? workspace.workspaceFolders?.[0]?.uri;
  const historyPath = historyFile(context.globalStorageUri.fsPath, workspaceUri?.toString());
  const history = await UpdateHistory.open(new FileHistoryStore(historyPath, clock, log), log);
  const shared = {
    ...{ clock, log, history, timeouts: settings.timeouts, delivery: settings.delivery },
    packages: new PackageSource(packages, own(new HttpHost(packages, settings.http, log))),
  };
  const updates: UpdateService = own(
    new UpdateService({
      ...shared,
      retries: settings.retries,
      severity: settings.severity,
      confirm: async (_board, warning) => await pushAnyway(warning),
      isBusy: (board) => software.isBusy(board),
    }),
  );
  const software: SoftwareService = own(
    new SoftwareService({ ...shared, isBusy: (board) => updates.jobOf(board) !== undefined }),
  );
  const { storageUri } = context;
  // Without a workspace there is no storage that another window would not go on from.
  const unfinished =
    storageUri && (await UnfinishedUpdates.open(join(storageUri.fsPath, 'unfinished'), clock, log));
  const pushes = createImagePush(updates, unfinished, context.globalStorageUri.fsPath, clock, log);
  const signer = (): Promise<StoredSigner | undefined> => ring.signerAtHand();
  if (unfinished) {
    own(goOnWithUpdates({ server, unfinished, pushes, signer, retries: settings.retries, log }));
  }
  const batches = own(new UpdateBatches(() => pushes.several(signer)));
  const runs = own(new RunLog(updates, clock));
  endRuns = async () => {
    unfinished?.dispose();
    batches.dispose();
    const ends = [...updates.jobs, ...software.jobs].map(({ finished }) => finished);
    updates.dispose();
    software.dispose();
    await Promise.all(ends);
    await Promise.all([history.flush(), unfinished?.flush()]);
  };

  // The way of a firmware
  const contextKeys = new ContextKeys();
  const steps = new FirmwareSteps(new Firmware(() => new SequenceStore(keysFolder(), clock), log), pushes, {
    signerAtHand: signer,
    keys: keyring.packageKeys,
    isTrusted: () => workspace.isTrusted,
    done: (step) => contextKeys.set(step, true),
  });
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
  const isUpdating = (board: string): boolean => updates.jobOf(board) !== undefined || software.isBusy(board);
  const resources = own(new ResourceAccess(server, isUpdating, log));
  const source: BoardsSource = {
    resources,
    boards: server.boards,
    bootstraps: bootstrap.states,
    get links() {
      return connections.links;
    },
    jobOf: (board) => updates.jobOf(board),
    softwareJobOf: (board, instance) => software.jobOf(board, instance),
    readError: (board, objectId) => values.readError(board, objectId),
    standIn: (link) => {
      if (virtualBoards.isVirtual(link)) return 'virtual';
      return projectBoard.owns(link) ? 'emulated' : undefined;
    },
  };
  const boards = own(new BoardsView(source, clock));
  own(
    window.createTreeView('slipway.boards', {
      treeDataProvider: boards,
      showCollapseAll: true,
      canSelectMany: true,
    }),
  );
  const statusBar = own(new StatusBar());
  const panelNow = (): PanelState => panelState(source, runs, history.records, batches.latest);
  const panel = own(
    new UpdatePanel({
      extensionUri: context.extensionUri,
      clock,
      state: panelNow,
      act: (action, board) => void commands.executeCommand(panelCommands[action], { kind: 'board', board }),
      exportHistory: () => void commands.executeCommand('slipway.update.exportHistory'),
      cancelAll: () => void commands.executeCommand('slipway.update.cancelAll'),
    }),
  );
  const traceView = own(createTraceView({ extensionUri: context.extensionUri, clock, log, trace, server }));

  const inspector = own(
    new Inspector({
      extensionUri: context.extensionUri,
      clock,
      trust: inspectionTrust(policy, ring),
    }),
  );
  for (const changed of [ring.onDidChangeKeys, secrets.onDidChange, roots.onDidChange]) {
    own(changed(() => void inspector.judgeAgain()));
  }

  /** The run whose end the status bar tells. */
  let lastEnded: string | undefined;
  const showing = new Throttle(clock, showMs, () => {
    panel.refresh();
    const running = { virtualBoards: virtualBoards.names.length, emulatedBoard: projectBoard.running };
    contextKeys.setAll(boardContext(source, desk.running, running));
    statusBar.show(
      statusText(
        source,
        desk.running,
        history.records.find(({ id }) => id === lastEnded),
        batches.toTell(lastEnded),
      ),
    );
  });
  own(showing);
  /** Shows what changed: on one board, or anywhere. */
  const show = (board?: string): void => {
    boards.refresh(board);
    showing.request();
  };
  own(
    server.onDidChangeBoard(({ board, change }) => {
      // A board that comes or goes may bring the row of its port along.
      const isItsOwn = change.kind === 'values' || change.kind === 'sleep' || change.kind === 'updated';
      show(isItsOwn ? board.endpoint : undefined);
    }),
  );
  own(values.onDidChange(show));
  own(resources.onDidChange(show));
  own(runs.onDidChange(show));
  own(software.onDidChangeJobs(({ board }) => show(board)));
  for (const changed of [
    server.onDidAddBoard,
    server.onDidRemoveBoard,
    bootstrap.onDidChange,
    connections.onDidChange,
    virtualBoards.onDidChange,
    projectBoard.onDidChange,
    desk.onDidChange,
    history.onDidChange,
    batches.onDidChange,
  ] as readonly ((listener: () => void) => { dispose(): void })[]) {
    own(changed(() => show()));
  }
  own(
    runs.onDidEnd((record) => {
      lastEnded = record.id;
      if (record.outcome === 'succeeded') contextKeys.set('updated', true);
      show();
    }),
  );
  own(
    updates.onDidChangeJobs(() => {
      // The next run takes the news of the last one away.
      if (updates.jobs.length > 0) lastEnded = undefined;
    }),
  );

  const parts: Parts = {
    clock,
    log,
    server,
    bootstrap,
    connections,
    desk,
    virtualBoards,
    projectBoard,
    ports,
    values,
    resources,
    consoles,
    updates,
    batches,
    software,
    history,
    tasks: firmwareTasks,
    ...keyring,
    keyFiles: new KeyFilePrompts(ring),
    panel,
    profiles,
    context: contextKeys,
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
        () => traceView.commands,
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

  show();
  desk.start().catch((error: unknown) => reportError(error, log));
  return {
    boards,
    keys: keysView,
    status: () => {
      showing.flush();
      return statusBar.shown;
    },
    panel: panelNow,
    history: () => history.records,
    trace: () => traceView.rows(),
    inspector: (file) => inspector.shown(file),
    consoleText: (name) => {
      const link = server.boards.get(name)?.link.id;
      return link === undefined ? undefined : consoles.textOf(link);
    },
    context: (key) => {
      showing.flush();
      return contextKeys.get(key);
    },
  };
}

/** How often status bar and panel are made anew at most, ms. */
const showMs = 100;

/** What the panel's buttons do. */
const panelCommands = {
  ship: 'slipway.firmware.ship',
  push: 'slipway.firmware.push',
  cancel: 'slipway.update.cancel',
  reset: 'slipway.update.reset',
  console: 'slipway.board.openConsole',
} as const;
