import { SlipwayError } from '../base/errors';
import type { SignerCommand } from './signer-command';

/** The default of `timeoutSeconds`: a person may have to touch a token. */
export const defaultTimeoutSeconds = 60;
const maxTimeoutSeconds = 3600;

/** The file of a key's command: JSON, for people to read and change. */
export function encodeSignerCommand({ program, args, input, timeoutSeconds }: SignerCommand): string {
  return `${JSON.stringify({ command: [program, ...args], input, timeoutSeconds }, undefined, 2)}\n`;
}

/** Errors: `key.unreadable`; `key` names it. */
export function decodeSignerCommand(text: string, key: string): SignerCommand {
  const unreadable = (reason: string): SlipwayError => new SlipwayError('key.unreadable', { key, reason });
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unreadable('the file of its command is no JSON');
  }
  if (typeof content !== 'object' || content === null) {
    throw unreadable('the file of its command is no object');
  }
  const {
    command,
    input = 'message',
    timeoutSeconds = defaultTimeoutSeconds,
  } = content as Readonly<Record<string, unknown>>;
  if (!Array.isArray(command) || !command.every((part) => typeof part === 'string') || !command[0]) {
    throw unreadable('its command is not a list of a program and its arguments');
  }
  if (input !== 'message' && input !== 'digest') {
    throw unreadable('the input of its command is neither message nor digest');
  }
  if (typeof timeoutSeconds !== 'number' || !(timeoutSeconds > 0 && timeoutSeconds <= maxTimeoutSeconds)) {
    throw unreadable(`the timeout of its command is not from 1 to ${maxTimeoutSeconds} seconds`);
  }
  const [program, ...args] = command;
  return { program, args, input, timeoutSeconds };
}
