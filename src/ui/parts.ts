import type { Clock } from '../base/clock';
import type { Log } from '../base/log';
import type { Board } from '../lwm2m/board';
import type { BootstrapServer } from '../lwm2m/bootstrap-server';
import type { Lwm2mServer } from '../lwm2m/server';
import type { UpdateHistory } from '../update/history';
import type { UpdateBatches } from '../update/update-batch';
import type { SoftwareService } from '../update/software-service';
import type { UpdateService } from '../update/update-service';
import type { BoardProfiles } from './board-profiles';
import type { Connections } from './connections';
import type { Consoles } from './consoles';
import type { ContextKeys } from './context-keys';
import type { DeskServer } from './desk-server';
import type { KeyFilePrompts } from './key-files-prompts';
import type { KeyPrompts } from './key-prompts';
import type { KeyRing } from './key-ring';
import type { LiveValues } from './live-values';
import type { ProjectBoard } from './project-board';
import type { RememberedPorts } from './remembered-ports';
import type { ResourceAccess } from './resource-access';
import type { SecretPrompts } from './secret-prompts';
import type { SecretRing } from './secret-ring';
import type { FirmwareTasks } from './tasks';
import type { TrustedRoots } from './trusted-roots';
import type { UpdatePanel } from './update-panel';
import type { VirtualBoards } from './virtual-boards';

/** The parts of the extension that commands work on. */
export interface Parts {
  readonly clock: Clock;
  readonly log: Log & { show(preserveFocus?: boolean): void };
  readonly server: Lwm2mServer;
  readonly bootstrap: BootstrapServer;
  readonly connections: Connections;
  readonly desk: DeskServer;
  readonly virtualBoards: VirtualBoards;
  readonly projectBoard: ProjectBoard;
  readonly ports: RememberedPorts;
  readonly values: LiveValues;
  readonly resources: ResourceAccess;
  readonly consoles: Consoles;
  readonly updates: UpdateService;
  readonly batches: UpdateBatches;
  readonly software: SoftwareService;
  readonly history: UpdateHistory;
  readonly tasks: FirmwareTasks;
  readonly keys: KeyPrompts;
  readonly keyFiles: KeyFilePrompts;
  readonly ring: KeyRing;
  readonly secrets: SecretRing;
  readonly secretPrompts: SecretPrompts;
  readonly roots: TrustedRoots;
  readonly panel: UpdatePanel;
  readonly profiles: BoardProfiles;
  readonly context: ContextKeys;
}

/** Hands something over to the extension, which disposes of it at its end. */
export type Own = <T extends { dispose(): void }>(item: T) => T;

/** A command's work; the first argument is the tree's node it was called on, if it was. */
export type CommandHandler = (...args: readonly unknown[]) => Promise<void> | void;

/** Commands without their prefix `slipway.`. */
export type Commands = Readonly<Record<string, CommandHandler>>;

/** The boards there are, in the order of their names. */
export function knownBoards({ server }: Pick<Parts, 'server'>): Board[] {
  return [...server.boards.values()];
}

export function onlineBoards(parts: Pick<Parts, 'server'>): Board[] {
  return knownBoards(parts).filter(({ online }) => online);
}
