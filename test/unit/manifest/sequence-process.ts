import { systemClock } from '../../../src/base/clock';
import { SequenceStore } from '../../../src/manifest/sequence-store';

/** Run as a process of its own: takes `count` numbers from the store in `folder` and reports them. */
async function main(folder: string, count: number): Promise<void> {
  const store = new SequenceStore(folder, systemClock);
  const taken: number[] = [];
  for (let index = 0; index < count; index++) taken.push(await store.next('a'));
  process.send!(taken, () => process.exit(0));
}

void main(process.argv[2]!, Number(process.argv[3]));
