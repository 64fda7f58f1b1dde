import type { BoardsSource } from './boards-source';
import type { Parts } from './parts';

/** What views are made from, by the parts that know it. */
export function deskSource({
  server,
  bootstrap,
  connections,
  virtualBoards,
  projectBoard,
  values,
  resources,
  updates,
  software,
}: Pick<
  Parts,
  | 'server'
  | 'bootstrap'
  | 'connections'
  | 'virtualBoards'
  | 'projectBoard'
  | 'values'
  | 'resources'
  | 'updates'
  | 'software'
>): BoardsSource {
  return {
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
}
