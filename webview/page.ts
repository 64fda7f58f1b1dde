import { registerComponents } from './components';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension, as a page sees it. */
export interface Host<From, Memory> {
  send(message: From): void;
  /** What was chosen before the page was hidden or reloaded. */
  remembered(): Partial<Memory>;
  remember(memory: Memory): void;
}

/** What is in the document, and hears what the extension says. */
export interface Page<To> {
  readonly element: HTMLElement;
  hear(message: To): void;
}

/**
 * Makes the document's page, connects it to the extension, whose messages have these types, and says that it is ready.
 * To be called once: VS Code hands out its side once per page.
 */
export function openPage<From, To extends { readonly type: string }, Memory extends object>(
  create: (host: Host<From, Memory>) => Page<To>,
  types: readonly To['type'][],
): void {
  registerComponents();
  const api = acquireVsCodeApi();
  const page = create({
    send: (message) => api.postMessage(message),
    remembered: () => {
      const memory = api.getState();
      return typeof memory === 'object' && memory !== null ? memory : {};
    },
    remember: (memory) => api.setState(memory),
  });
  document.body.append(page.element);
  window.addEventListener('message', ({ data }: MessageEvent<To | undefined>) => {
    if (data && types.includes(data.type)) page.hear(data);
  });
  api.postMessage({ type: 'ready' });
}
