import {
  LanguageModelTextPart,
  type LanguageModelTool,
  LanguageModelToolResult,
  MarkdownString,
  l10n,
  lm,
  workspace,
} from 'vscode';
import { type Disposable, DisposableStore } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import { runningVersion } from '../update/running-version';
import { type Parts, onlineBoards } from './parts';
import { updateResultText } from './update-result-wording';
import { errorText, linkName, stateText } from './wording';

interface BoardInput {
  readonly board?: string;
}

/** What language models may ask for: the boards, the state of an update, and, after the user confirmed, an update. */
export function registerLanguageTools(parts: Parts): Disposable {
  const owned = new DisposableStore();
  owned.add(
    lm.registerTool(
      'slipway_listBoards',
      tool(() => listBoards(parts)),
    ),
  );
  owned.add(
    lm.registerTool(
      'slipway_updateState',
      tool(({ board }) => updateState(parts, boardOf(parts, board))),
    ),
  );
  owned.add(
    lm.registerTool<BoardInput>('slipway_ship', {
      ...tool(({ board }) => ship(parts, boardOf(parts, board))),
      prepareInvocation: ({ input }) => ({
        invocationMessage: l10n.t('Building, signing and pushing'),
        confirmationMessages: {
          title: l10n.t('Update firmware'),
          message: new MarkdownString(
            l10n.t('Build, sign and push the firmware to **{0}**?', input.board ?? l10n.t('the board')),
          ),
        },
      }),
    }),
  );
  return owned;
}

/** A tool that answers in JSON; what goes wrong is an answer too, which the model can tell the user. */
function tool(work: (input: BoardInput) => unknown): LanguageModelTool<BoardInput> {
  const answer = async (input: BoardInput): Promise<unknown> => {
    try {
      return await work(input);
    } catch (error) {
      return { error: errorText(error) };
    }
  };
  return {
    invoke: async ({ input }) =>
      new LanguageModelToolResult([new LanguageModelTextPart(JSON.stringify(await answer(input)))]),
  };
}

/** The board of that name, or the only one. */
function boardOf(parts: Parts, name: string | undefined): Board {
  if (name !== undefined) return parts.server.board(name);
  const [board, ...others] = onlineBoards(parts);
  if (!board) throw new SlipwayError('lwm2m.no-board', {});
  if (others.length > 0) throw new SlipwayError('lwm2m.no-such-board', { board: '' });
  return board;
}

function listBoards({ server }: Parts): unknown {
  return [...server.boards.values()].map((board) => ({
    board: board.endpoint,
    link: linkName(board.link.id),
    online: board.online,
    version: runningVersion(board.values),
  }));
}

async function updateState({ values, updates, history }: Parts, board: Board): Promise<unknown> {
  await values.refresh(board, 5);
  const [state, result] = [board.values.get('/5/0/3'), board.values.get('/5/0/5')];
  return {
    board: board.endpoint,
    version: runningVersion(board.values),
    ...(typeof state === 'number' && { state: stateText(state) }),
    ...(typeof result === 'number' && { result: updateResultText(result) }),
    progress: updates.jobOf(board.endpoint)?.progress,
    last: history.records.find((record) => record.board === board.endpoint),
  };
}

async function ship({ tasks }: Parts, board: Board): Promise<unknown> {
  return await tasks.run('ship', workspace.workspaceFolders?.[0], { board: board.endpoint });
}
