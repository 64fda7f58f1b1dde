import type { Lwm2mServer } from '../lwm2m/server';
import type { UpdateHistory } from '../update/history';
import type { UpdateService } from '../update/update-service';
import type { BoardsView } from './boards-view';
import type { Connections } from './connections';
import type { Consoles } from './consoles';
import type { PanelState } from './panel-protocol';
import type { VirtualBoards } from './virtual-boards';

/** What the extension gives to whoever asks for its exports: its own tests, other extensions. */
export interface SlipwayApi {
  readonly server: Lwm2mServer;
  readonly connections: Connections;
  readonly virtualBoards: VirtualBoards;
  readonly updates: UpdateService;
  readonly history: UpdateHistory;
  readonly consoles: Consoles;
  /** The tree, as VS Code asks for it. */
  readonly boards: BoardsView;
  /** Text of the status bar item, with codicons. */
  readonly status: () => string;
  /** What the update panel shows now. */
  readonly panel: () => PanelState;
}
