import { SlipwayError, cancelled } from '../base/errors';
import type { Stream } from './output';

/** What a key press in raw mode is. */
const keys = { enter: ['\r', '\n'], backspace: ['\u007f', '\b'], interrupt: '\u0003', end: '\u0004' };

/**
 * Asks for a line that is not shown. The terminal is in raw mode meanwhile, so Ctrl+C comes as a character and
 * is taken as the wish to cancel. Rejects `cancelled`.
 */
export function askHidden(
  question: string,
  stdin: NodeJS.ReadStream,
  stderr: Stream,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (settle: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const onData = (chunk: Buffer | string): void => {
      for (const character of chunk.toString()) {
        if (keys.enter.includes(character) || character === keys.end) return finish(() => resolve(text));
        if (character === keys.interrupt) return finish(() => reject(new SlipwayError('cancelled', {})));
        if (keys.backspace.includes(character)) text = Array.from(text).slice(0, -1).join('');
        else if (character >= ' ') text += character;
      }
    };
    const onEnd = (): void => finish(() => resolve(text));
    const onAbort = (): void => finish(() => reject(cancelled(signal)));
    if (signal.aborted) return reject(cancelled(signal));
    stderr.write(question);
    stdin.setEncoding('utf8');
    stdin.setRawMode(true);
    stdin.on('data', onData);
    stdin.once('end', onEnd);
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.resume();
  });
}
