import type { FromPanel, PanelMemory, PanelState, ToPanel } from '../src/ui/panel-protocol';

interface VsCodeApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: PanelMemory): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension, as the page sees it. */
export interface Host {
  send(message: FromPanel): void;
  /** The board that was chosen before the page was hidden or reloaded. */
  rememberedBoard(): string | undefined;
  rememberBoard(board: string): void;
  onState(show: (state: PanelState) => void): void;
}

/** Connects to the extension. VS Code hands out its side once per page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    rememberedBoard: () => {
      const memory = api.getState();
      if (typeof memory !== 'object' || memory === null || !('board' in memory)) return undefined;
      return typeof memory.board === 'string' ? memory.board : undefined;
    },
    rememberBoard: (board) => api.setState({ board }),
    onState: (show) => {
      window.addEventListener('message', ({ data }: MessageEvent<ToPanel | undefined>) => {
        if (data?.type === 'state') show(data.state);
      });
    },
  };
}
