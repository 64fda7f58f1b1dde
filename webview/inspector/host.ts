import type { FromInspector, InspectorMemory, ToInspector } from '../../src/ui/inspector-protocol';

interface VsCodeApi {
  postMessage(message: FromInspector): void;
  getState(): unknown;
  setState(state: InspectorMemory): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension, as the inspector's page sees it. */
export interface InspectorHost {
  send(message: FromInspector): void;
  /** What was chosen before the page was hidden or reloaded. */
  remembered(): InspectorMemory;
  remember(memory: InspectorMemory): void;
  onMessage(hear: (message: ToInspector) => void): void;
}

/** Connects to the extension. VS Code hands out its side once per page. */
export function connectInspectorHost(): InspectorHost {
  const api = acquireVsCodeApi();
  return {
    send: (message) => api.postMessage(message),
    remembered: () => {
      const memory = api.getState();
      return typeof memory === 'object' && memory !== null ? memory : {};
    },
    remember: (memory) => api.setState(memory),
    onMessage: (hear) => {
      window.addEventListener('message', ({ data }: MessageEvent<ToInspector | undefined>) => {
        if (data?.type === 'file' || data?.type === 'bytes') hear(data);
      });
    },
  };
}
