import {
  CustomExecution,
  l10n,
  Task,
  type TaskExecution,
  TaskGroup,
  type TaskDefinition,
  type TaskProvider,
  TaskRevealKind,
  TaskScope,
  tasks,
  type WorkspaceFolder,
  workspace,
} from 'vscode';
import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { UpdatePackage, UpdateRecord } from '../update/types';
import type { Project } from './firmware';
import type { FirmwareSteps, FirmwareTask, Print } from './firmware-steps';
import { mcubootSettings } from './mcuboot-settings';
import { settings } from './settings';
import { TaskTerminal } from './task-terminal';

const taskType = 'slipway';

/** A `slipway` task in tasks.json. */
interface SlipwayDefinition extends TaskDefinition {
  readonly task: FirmwareTask;
  readonly board?: string;
  readonly command?: string;
  readonly artifact?: string;
  /** File of the signed package to push. */
  readonly package?: string;
}

/** What a task ended with; a record where it pushed. */
type TaskResult = UpdateRecord | undefined;

const titles: Readonly<Record<FirmwareTask, string>> = {
  build: 'build',
  sign: 'sign',
  push: 'push',
  ship: 'build, sign and push',
};

/** Build, sign and push as VS Code tasks: their own terminal, problem matching, usable in tasks.json. */
export class FirmwareTasks implements TaskProvider {
  private readonly running = new Set<string>();

  constructor(
    private readonly clock: Clock,
    private readonly steps: FirmwareSteps,
    /** The board of that name, or the one the user chooses. */
    private readonly boardFor: (name: string | undefined) => Promise<Board>,
  ) {}

  provideTasks(): Task[] {
    return (workspace.workspaceFolders ?? []).flatMap((folder) =>
      (Object.keys(titles) as FirmwareTask[]).map(
        (task) => this.taskFor({ type: taskType, task }, folder).task,
      ),
    );
  }

  resolveTask(task: Task): Task | undefined {
    const definition = task.definition as SlipwayDefinition;
    const folder = typeof task.scope === 'object' ? task.scope : workspace.workspaceFolders?.[0];
    if (!folder || !Object.hasOwn(titles, definition.task)) return undefined;
    return this.taskFor(definition, folder, task.name).task;
  }

  /**
   * Runs a task and waits for its end. Only a push of a file needs no folder.
   * Rejects as the steps do, `update.busy` and `build.busy` while the same one runs, `cancelled` when its terminal is
   * closed.
   */
  async run(
    task: FirmwareTask,
    folder: WorkspaceFolder | undefined,
    more: Pick<SlipwayDefinition, 'board' | 'package'> = {},
  ): Promise<TaskResult> {
    await workspace.saveAll(false);
    const name = more.board === undefined ? titles[task] : `${titles[task]} (${more.board})`;
    const key = JSON.stringify([name, folder?.uri.toString()]);
    // VS Code does not run a task twice at a time; it would ask whether to end the first.
    if (this.running.has(key)) throw busy(more.board, folder);
    this.running.add(key);
    try {
      const made = this.taskFor({ type: taskType, task, ...more }, folder, name);
      await ended(await tasks.executeTask(made.task));
      // Nothing happens to one that came to its end by itself.
      made.terminal.close();
      return await made.terminal.result;
    } finally {
      this.running.delete(key);
    }
  }

  /** File of the package that was signed last in a folder; undefined where there is none. */
  async lastPackage(folder: WorkspaceFolder): Promise<string | undefined> {
    return await this.steps.findPackage(projectOf(folder));
  }

  /** A signed package from its file. Rejects as `Firmware.readPackage`. */
  async readPackage(file: string): Promise<UpdatePackage> {
    return await this.steps.readPackage(file);
  }

  private taskFor(
    definition: SlipwayDefinition,
    folder: WorkspaceFolder | undefined,
    name: string = titles[definition.task],
  ): { readonly task: Task; readonly terminal: TaskTerminal<TaskResult> } {
    const makeTerminal = (): TaskTerminal<TaskResult> =>
      new TaskTerminal(this.clock, (print, signal) => this.perform(definition, folder, print, signal));
    const first = makeTerminal();
    let unused: TaskTerminal<TaskResult> | undefined = first;
    const execution = new CustomExecution(() => {
      // A task may be run again; each run has its own terminal.
      const terminal = unused ?? makeTerminal();
      unused = undefined;
      return Promise.resolve(terminal);
    });
    const task = new Task(definition, folder ?? TaskScope.Global, name, 'slipway', execution, '$slipway-gcc');
    if (definition.task === 'build') task.group = TaskGroup.Build;
    task.detail = l10n.t('Slipway: {0}', titles[definition.task]);
    task.presentationOptions = { reveal: TaskRevealKind.Silent, clear: true, showReuseMessage: false };
    return { task, terminal: first };
  }

  private async perform(
    definition: SlipwayDefinition,
    folder: WorkspaceFolder | undefined,
    print: Print,
    signal: AbortSignal,
  ): Promise<TaskResult> {
    if (definition.task === 'push' && definition.package !== undefined) {
      const pkg = await this.steps.readPackage(definition.package);
      return await this.steps.push(await this.boardFor(definition.board), pkg, print, signal);
    }
    if (!folder) throw new SlipwayError('build.no-folder', {});
    const project = projectOf(folder, definition);
    switch (definition.task) {
      case 'build':
        await this.steps.build(project, print, signal);
        return undefined;
      case 'sign':
        await this.steps.sign(project, print);
        return undefined;
      case 'push': {
        const pkg = await this.steps.lastPackage(project);
        return await this.steps.push(await this.boardFor(definition.board), pkg, print, signal);
      }
      case 'ship':
        return await this.steps.ship(project, await this.boardFor(definition.board), print, signal);
    }
  }
}

function busy(board: string | undefined, folder: WorkspaceFolder | undefined): SlipwayError {
  return board === undefined
    ? new SlipwayError('build.busy', { folder: folder?.uri.fsPath ?? '' })
    : new SlipwayError('update.busy', { board });
}

/** Resolves when VS Code is done with it: a task that starts before takes over a terminal that is about to close. */
async function ended(execution: TaskExecution): Promise<void> {
  await new Promise<void>((resolve) => {
    const listener = tasks.onDidEndTask((event) => {
      if (event.execution === execution) finish();
    });
    const finish = (): void => {
      listener.dispose();
      resolve();
    };
    if (!tasks.taskExecutions.includes(execution)) finish();
  });
}

/** The project of a folder by its settings; a task's own command and artifact come first. */
export function projectOf(folder: WorkspaceFolder, task: Partial<SlipwayDefinition> = {}): Project {
  const { uri } = folder;
  return {
    folder: uri.fsPath,
    buildCommand: task.command ?? settings.buildCommand(uri),
    artifactPattern: task.artifact ?? settings.buildArtifact(uri),
    vendorDomain: settings.vendorDomain(uri),
    className: settings.className(uri),
    signingFormat: settings.signingFormat(uri),
    mcuboot: () => mcubootSettings(uri),
    components: settings.signingComponents(uri),
  };
}
