/** Translates a message and puts `args` in the places `{0}`, `{1}`, …; the shape of `vscode.l10n.t`. */
export type Localize = (message: string, ...args: (string | number | boolean)[]) => string;

/** Leaves the English as it is written, for the terminal and for tests. */
export const english: Localize = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (place, index: string) => String(args[Number(index)] ?? place));
