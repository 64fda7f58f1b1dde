import { createReadStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { type Disposable } from '../../src/base/disposable';

/** Empties `file` and copies to standard output whatever is appended to it. `stop` copies the rest first. */
export async function follow(file: string): Promise<Disposable & { stop(): Promise<void> }> {
  await writeFile(file, '');
  let shown = 0;
  let showing = Promise.resolve();
  const show = async (): Promise<void> => {
    const { size } = await stat(file);
    if (size <= shown) return;
    for await (const chunk of createReadStream(file, { start: shown, end: size - 1 })) {
      process.stdout.write(chunk as Buffer);
    }
    shown = size;
  };
  const timer = setInterval(() => {
    showing = showing.then(show);
  }, 200);
  return {
    dispose: () => clearInterval(timer),
    stop: async () => {
      clearInterval(timer);
      await showing.then(show);
    },
  };
}
