/** Where diagnostics go; `vscode.LogOutputChannel` fits it. Never give it a secret. */
export interface Log {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** As VS Code counts: 0 off, 1 trace, …; without it, everything is wanted. */
  readonly logLevel?: number | undefined;
}

/** Whether trace messages are wanted: those of every datagram cost more than sending it, and are rarely read. */
export function isTracing({ logLevel }: Log): boolean {
  return logLevel === undefined || logLevel === 1;
}

const ignore = (): void => undefined;

export const nullLog: Log = {
  ...{ trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
  logLevel: 0,
};

/** A Log that puts `[scope]` before each message. */
export function scopedLog(log: Log, scope: string): Log {
  const tag = `[${scope}] `;
  return {
    trace: (message) => log.trace(tag + message),
    debug: (message) => log.debug(tag + message),
    info: (message) => log.info(tag + message),
    warn: (message) => log.warn(tag + message),
    error: (message) => log.error(tag + message),
    get logLevel() {
      return log.logLevel;
    },
  };
}
