import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Slots } from '../../../src/board/slots';

const factory = Uint8Array.of(1, 1, 1);
const update = Uint8Array.of(2, 2, 2, 2);

describe('The flash of the virtual board', () => {
  it('leaves the factory with its image in slot A, which runs', async () => {
    const slots = new Slots(1024);
    await slots.open(factory);
    assert.deepEqual([slots.active, slots.inactive, slots.pending], ['A', 'B', false]);
    assert.deepEqual(slots.read('A'), { bytes: factory });
    assert.equal(slots.read('B'), undefined);
  });

  it('runs what was confirmed, slot after slot', async () => {
    const slots = new Slots(1024);
    await slots.open(factory);
    for (const [active, inactive] of [
      ['A', 'B'],
      ['B', 'A'],
      ['A', 'B'],
    ]) {
      assert.deepEqual([slots.active, slots.inactive], [active, inactive]);
      await slots.writeInactive({ bytes: update });
      assert.equal(slots.pending, false, 'a write alone tries nothing');
      await slots.markPending();
      assert.deepEqual([slots.active, slots.pending], [active, true]);
      await slots.confirm();
      assert.equal(slots.pending, false);
    }
  });

  it('says what each slot holds and is for', async () => {
    const slots = new Slots(1024);
    await slots.open(factory);
    assert.deepEqual(slots.describe(), ['A: 3 bytes, runs', 'B: empty, spare']);
    await slots.writeInactive({ bytes: update });
    await slots.markPending();
    assert.deepEqual(slots.describe(), ['A: 3 bytes, runs', 'B: 4 bytes, to be tried']);
  });

  it('stays with the active slot when rolled back, and keeps what was tried', async () => {
    const slots = new Slots(1024);
    await slots.open(factory);
    await slots.writeInactive({ bytes: update });
    await slots.markPending();
    await slots.rollBack();
    assert.deepEqual([slots.active, slots.pending], ['A', false]);
    assert.deepEqual([slots.read('A'), slots.read('B')], [{ bytes: factory }, { bytes: update }]);
  });

  it('holds bytes of its own', async () => {
    const slots = new Slots(1024);
    await slots.open(factory);
    const given = Uint8Array.from(update);
    await slots.writeInactive({ bytes: given });
    given.fill(0);
    assert.deepEqual(slots.read('B'), { bytes: update });
  });

  describe('in a folder', () => {
    let folder: string;
    const powerUp = async (): Promise<Slots> => {
      const slots = new Slots(1024, folder);
      await slots.open(factory);
      return slots;
    };
    const shown = (slots: Slots): unknown => ({
      active: slots.active,
      pending: slots.pending,
      A: slots.read('A') && [...slots.read('A')!.bytes],
      B: slots.read('B') && [...slots.read('B')!.bytes],
    });

    beforeEach(async () => {
      folder = join(await mkdtemp(join(tmpdir(), 'slots-')), 'flash');
    });
    afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

    it('outlives the power, as it stood at each step of an update', async () => {
      const steps: [(slots: Slots) => Promise<void>, object][] = [
        [() => Promise.resolve(), { active: 'A', pending: false, A: [...factory], B: undefined }],
        [(slots) => slots.writeInactive({ bytes: update }), { active: 'A', pending: false, B: [...update] }],
        [(slots) => slots.markPending(), { active: 'A', pending: true }],
        [(slots) => slots.confirm(), { active: 'B', pending: false, A: [...factory], B: [...update] }],
      ];
      let expected = {};
      for (const [step, change] of steps) {
        await step(await powerUp());
        expected = { ...expected, ...change };
        assert.deepEqual(shown(await powerUp()), expected);
      }
    });

    it('forgets an image that was being written when power went', async () => {
      await powerUp();
      await writeFile(join(folder, 'slot-B.new'), update);
      await writeFile(join(folder, 'boot.json.new'), '{"active":"B","pend');
      assert.deepEqual(shown(await powerUp()), {
        active: 'A',
        pending: false,
        A: [...factory],
        B: undefined,
      });
    });

    it('leaves nothing half-written behind', async () => {
      const slots = await powerUp();
      await slots.writeInactive({ bytes: update });
      await slots.markPending();
      assert.deepEqual((await readdir(folder)).sort(), ['boot.json', 'slot-A', 'slot-B']);
    });

    it('gets the factory image when the slot that should run is gone', async () => {
      const slots = await powerUp();
      await slots.writeInactive({ bytes: update });
      await slots.markPending();
      await slots.confirm();
      await rm(join(folder, 'slot-B'));
      assert.deepEqual(shown(await powerUp()), {
        active: 'A',
        pending: false,
        A: [...factory],
        B: undefined,
      });
    });

    it('keeps the image that was made of a patch, as long as that package is there', async () => {
      const image = Uint8Array.of(3, 3);
      await (await powerUp()).writeInactive({ bytes: update, image });
      const slots = await powerUp();
      assert.deepEqual([...slots.read('B')!.image!], [...image]);
      await slots.writeInactive({ bytes: update });
      assert.equal((await powerUp()).read('B')!.image, undefined);
    });

    it('refuses a folder that can’t be one', async () => {
      await writeFile(folder, 'a file');
      await assert.rejects(powerUp(), { code: 'EEXIST' });
    });
  });
});
