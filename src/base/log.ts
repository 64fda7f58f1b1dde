/** Where diagnostics go; `vscode.LogOutputChannel` fits it. Never give it a secret. */
export interface Log {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const ignore = (): void => undefined;

export const nullLog: Log = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A Log that puts `[scope]` before each message. */
export function scopedLog(log: Log, scope: string): Log {
  const tag = `[${scope}] `;
  return {
    trace: (message) => log.trace(tag + message),
    debug: (message) => log.debug(tag + message),
    info: (message) => log.info(tag + message),
    warn: (message) => log.warn(tag + message),
    error: (message) => log.error(tag + message),
  };
}
