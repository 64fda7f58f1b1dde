import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page } from 'playwright-core';
import { DisposableStore } from '../../src/base/disposable';
import { launchChromium } from './chromium';
import { type ServedEditor, servedEditor } from './editor-cache';
import { uriPath } from './paths';
import { isWindows, onLines, ownTree, run } from './processes';
import { Workbench } from './workbench';

export interface ServedVscodeOptions {
  /** Folder to open; an absolute path. */
  readonly folder?: string;
  /** Extensions to run from their sources, as F5 would; absolute paths. */
  readonly extensionDevelopmentPaths?: readonly string[];
  /** Module whose `run()` the extension host calls; an absolute path. */
  readonly extensionTestsPath?: string;
  /** VSIX files to install before the start. */
  readonly vsix?: readonly string[];
  /** User settings on top of the quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where the server keeps its data; a temporary folder, deleted at the end, unless given. */
  readonly dataFolder?: string;
  /** Environment of server and extension host. */
  readonly env?: NodeJS.ProcessEnv;
  /** Hears each line the server prints. */
  readonly onServerLine?: (line: string) => void;
}

/** Settings under which the workbench shows only what it is asked to. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  // What terminals show is in the page, not in a canvas.
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'files.autoSave': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
};

/** A real VS Code, its workbench in a browser and its extension host in Node. */
export class ServedVscode {
  private browser: Browser | undefined;

  private constructor(
    /** Opens the workbench with its folder and extensions. */
    readonly url: string,
    /** Resolves with a message when the server ends by itself. */
    readonly died: Promise<string>,
    private readonly resources: DisposableStore,
    private readonly cleanUp: () => Promise<void>,
  ) {}

  static async start(options: ServedVscodeOptions): Promise<ServedVscode> {
    const editor = await servedEditor();
    const resources = new DisposableStore();
    const data = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'slipway-vscode-')));
    const cleanUp = async (): Promise<void> => {
      if (!options.dataFolder) {
        await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    };
    try {
      await seedSettings(data, options.settings ?? {});
      for (const vsix of options.vsix ?? []) await install(editor, data, vsix, options.env);
      const server = spawn(editor.node, serverArguments(editor, data), {
        env: serverEnvironment(options.env),
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: !isWindows,
      });
      resources.add(ownTree(server));
      const { port, died } = await listening(server, options.onServerLine);
      return new ServedVscode(workbenchUrl(port, options), died, resources, cleanUp);
    } catch (error) {
      resources.dispose();
      await cleanUp();
      throw error;
    }
  }

  /** Opens a browser page of our own on the workbench; `prepare` runs before it loads. */
  async openWorkbench(
    options: {
      readonly width?: number;
      readonly height?: number;
      readonly prepare?: (page: Page) => Promise<void>;
    } = {},
  ): Promise<Workbench> {
    this.browser ??= await launchChromium();
    const { width = 1280, height = 800 } = options;
    const page = await this.browser.newPage({ viewport: { width, height } });
    await options.prepare?.(page);
    await page.goto(this.url, { waitUntil: 'domcontentloaded' });
    await page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: 60_000 });
    return new Workbench(page);
  }

  /** Ends browser and server and deletes what they left. */
  async close(): Promise<void> {
    await this.browser?.close().catch(() => undefined);
    this.resources.dispose();
    await this.cleanUp();
  }
}

function serverArguments(editor: ServedEditor, data: string): string[] {
  return [
    editor.serverMain,
    ...['--host', '127.0.0.1', '--port', '0'],
    '--without-connection-token',
    '--accept-server-license-terms',
    // Makes the workbench accept extensions under development and tests in its address.
    '--enable-smoke-test-driver',
    '--disable-workspace-trust',
    ...['--telemetry-level', 'off'],
    ...['--server-data-dir', data],
  ];
}

function serverEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  // npm's own variables would reach the terminals and builds inside; what runs there starts clean.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$)/i.test(name),
  );
  // An empty gallery: nothing is looked up in a marketplace.
  return { ...Object.fromEntries(inherited), ...extra, EXTENSIONS_GALLERY: '{}' };
}

async function seedSettings(data: string, own: Readonly<Record<string, unknown>>): Promise<void> {
  const text = JSON.stringify({ ...quietSettings, ...own }, undefined, 2);
  const folder = join(data, 'data', 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), text);
}

async function install(
  editor: ServedEditor,
  data: string,
  vsix: string,
  env?: NodeJS.ProcessEnv,
): Promise<void> {
  await run(
    editor.node,
    [
      editor.serverMain,
      '--accept-server-license-terms',
      ...['--server-data-dir', data],
      ...['--install-extension', vsix],
    ],
    { env: serverEnvironment(env) },
  );
}

/** Waits until the server says which port it got, and that it is up. */
async function listening(
  server: ChildProcess,
  onLine: (line: string) => void = () => undefined,
): Promise<{ port: number; died: Promise<string> }> {
  const tail: string[] = [];
  const died = Promise.race([
    once(server, 'exit').then(([code, signal]) => `VS Code's server ended (${String(code ?? signal)})`),
    once(server, 'error').then(([error]) => `VS Code's server could not be started: ${String(error)}`),
  ]).then((message) => [message, ...tail].join('\n'));
  let port = 0;
  const up = new Promise<number>((resolve) => {
    const hear = (line: string): void => {
      tail.push(line);
      if (tail.length > 40) tail.shift();
      onLine(line);
      port ||= Number(/^Extension host agent listening on (\d+)/.exec(line)?.[1] ?? 0);
      if (port && line.includes('Extension host agent started')) resolve(port);
    };
    for (const stream of [server.stdout, server.stderr]) if (stream) onLines(stream, hear);
  });
  const first = await Promise.race([up, died]);
  if (typeof first === 'string') throw new Error(first);
  return { port: first, died };
}

/** The workbench's address; `payload` is how VS Code's own smoke tests name extensions and tests. */
export function workbenchUrl(port: number, options: ServedVscodeOptions): string {
  const authority = `localhost:${port}`;
  const remote = (path: string): string => `vscode-remote://${authority}${uriPath(path)}`;
  const payload: [string, string][] = (options.extensionDevelopmentPaths ?? []).map((path) => [
    'extensionDevelopmentPath',
    remote(path),
  ]);
  if (options.extensionTestsPath) payload.push(['extensionTestsPath', remote(options.extensionTestsPath)]);
  const query = new URLSearchParams();
  if (options.folder) query.set('folder', uriPath(options.folder));
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://${authority}/?${query.toString()}`;
}
