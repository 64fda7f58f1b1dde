import type { FromTrace, ToTrace, TraceMemory } from '../../src/ui/trace-protocol';

interface VsCodeApi {
  postMessage(message: FromTrace): void;
  getState(): unknown;
  setState(state: TraceMemory): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension, as the trace's page sees it. */
export interface TraceHost {
  send(message: FromTrace): void;
  /** The filter of before the page was hidden or reloaded. */
  remembered(): TraceMemory;
  remember(memory: TraceMemory): void;
  onMessage(hear: (message: ToTrace) => void): void;
}

const types: readonly string[] = ['rows', 'details', 'board'] satisfies ToTrace['type'][];

/** Connects to the extension. VS Code hands out its side once per page. */
export function connectTraceHost(): TraceHost {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    remembered: () => api.getState() ?? {},
    remember: (memory) => api.setState(memory),
    onMessage: (hear) => {
      window.addEventListener('message', ({ data }: MessageEvent<ToTrace | undefined>) => {
        if (data && types.includes(data.type)) hear(data);
      });
    },
  };
}
