import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random';
import { applyPatch } from '../../src/image/delta/apply-patch';
import { createPatch } from '../../src/image/delta/create-patch';
import { type Compression, compressionNames } from '../../src/image/delta/patch-format';
import { firmwarePair } from '../unit/image/delta/support';
import { edits, FirmwareProject } from '../emulator/firmware';
import { comparesWith } from './support/compares-with';
import { needs } from './support/needs';
import { pythonModule, pythonVersion } from './support/python';

const kilobyte = 1024;

interface Pair {
  readonly base: Buffer;
  readonly target: Buffer;
}

/** Pairs of images, each made when its test begins. */
const pairs: Readonly<Record<string, () => Pair | Promise<Pair>>> = {
  'seeded firmware of 64 KB': () => firmwarePair(seededRandom(64), 64 * kilobyte),
  'seeded firmware of 600 KB': () => firmwarePair(seededRandom(600), 600 * kilobyte),
  'a program of this machine, shifted and with addresses that moved': shiftedProgram,
  'two programs of one make': overlappingProgram,
};

describe('patches and detools', function () {
  needs('python');
  comparesWith('detools', () => pythonVersion('detools'));
  this.timeout(180_000);
  let folder: string;
  const file = (name: string): string => join(folder, name);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-detools-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function compare({ base, target }: Pair, compression: Compression): Promise<void> {
    const ours = createPatch(base, target, compression);
    await Promise.all([
      writeFile(file('base'), base),
      writeFile(file('target'), target),
      writeFile(file('ours'), ours),
    ]);
    await pythonModule(
      'detools',
      'create_patch',
      '-c',
      compression,
      file('base'),
      file('target'),
      file('theirs'),
    );
    await pythonModule('detools', 'apply_patch', file('base'), file('ours'), file('result'));
    assert.ok((await readFile(file('result'))).equals(target), 'detools makes something else of our patch');
    const theirs = await readFile(file('theirs'));
    const result = applyPatch(base, theirs, target.length);
    assert.ok(target.equals(result), 'we make something else of detools’ patch');
    const share = ours.length / theirs.length;
    assert.ok(share <= 1.05, `ours has ${ours.length} bytes, detools’ ${theirs.length}`);
  }

  describe('with the firmware of the emulated board', () => {
    needs('firmware');

    for (const compression of compressionNames) {
      it(`each applies the other’s: two versions, ${compression}`, async () => {
        const project = await FirmwareProject.open();
        try {
          const target = await project.variant(
            edits.version('1.1.0'),
            edits.start('console_line("Something new at the start of all, so that what follows moves");'),
          );
          await compare({ base: await project.image(), target }, compression);
        } finally {
          await project.dispose();
        }
      });
    }
  });

  for (const [name, make] of Object.entries(pairs)) {
    for (const compression of compressionNames) {
      it(`each applies the other’s: ${name}, ${compression}`, async () => {
        await compare(await make(), compression);
      });
    }
  }
});

/** Machine code of this very Node, as a build some lines later might look. */
async function shiftedProgram(): Promise<Pair> {
  const base = await slice(0.5);
  const random = seededRandom(18);
  const target = Buffer.from(base);
  const inserted = 256;
  for (let at = 0; at + 4 <= target.length; at += 4) {
    if (random() < 0.005) target.writeInt32LE((target.readInt32LE(at) + inserted) | 0, at);
  }
  const middle = target.length >> 1;
  const added = Buffer.from(Array.from({ length: inserted }, () => Math.floor(random() * 256)));
  return { base, target: Buffer.concat([target.subarray(0, middle), added, target.subarray(middle)]) };
}

async function overlappingProgram(): Promise<Pair> {
  return { base: await slice(0.4), target: await slice(0.4, 200 * kilobyte) };
}

async function slice(share: number, offset = 0): Promise<Buffer> {
  const program = await readFile(process.execPath);
  const from = Math.floor(program.length * share) + offset;
  return Buffer.from(program.subarray(from, from + 600 * kilobyte));
}
