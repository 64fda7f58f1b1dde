import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog as log } from '../../src/base/log';
import { createPatch } from '../../src/image/delta/create-patch';
import { makeDelta } from '../../src/image/delta/make-delta';
import { readDeltaBase } from '../../src/lwm2m/delta-base';
import type { FullImageReason } from '../../src/update/choose-delta';
import { contentSignedBy, createDeltaPackage } from '../../src/update/delta-package';
import { ImagePush } from '../../src/update/image-push';
import { ImageStore } from '../../src/update/image-store';
import type { UpdateRecord } from '../../src/update/types';
import { storedSigner } from '../unit/integration/desk';
import { Bench, withVersion } from './bench';
import { edits, sharedProject } from './firmware';

const workerFile = resolve('test/unit/image/delta/worker.cjs');

describe('patches to an emulated Cortex-M3', function () {
  this.timeout(300_000);
  const project = sharedProject();
  let bench: Bench;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-images-'));
  });

  after(() => rm(folder, { recursive: true }));

  afterEach(() => bench.dispose());

  async function push(image: Uint8Array, sequence: number): Promise<[UpdateRecord, FullImageReason[]]> {
    const reasons: FullImageReason[] = [];
    const pushes = new ImagePush({
      updates: bench.desk.updates,
      images: new ImageStore(folder, clock, log),
      makePatch: (from, to, signal) => makeDelta(from, to, { workerFile, signal }),
      log,
    });
    const record = await pushes.run(await bench.registered(), await bench.package({ image, sequence }), {
      signal: new AbortController().signal,
      signer: () => Promise.resolve(storedSigner(bench.desk.signer)),
      onJob: () => undefined,
      onNoPatch: (reason) => reasons.push(reason),
    });
    return [record, reasons];
  }

  it('are made into the image of a changed line, which starts and stays', async () => {
    bench = await Bench.open(project());
    const before = await project().variant(edits.version('1.1.0'), edits.message('One line'));
    const after = await project().variant(
      edits.version('1.1.1'),
      edits.message('Another line, a little longer'),
    );
    const [first, reasons] = await push(before, 1);
    assert.deepEqual([first.outcome, first.toVersion, reasons], ['succeeded', '1.1.0', ['not-kept']]);

    const [record, none] = await push(after, 2);
    assert.equal(record.error, undefined);
    assert.deepEqual([record.outcome, record.toVersion, none], ['succeeded', '1.1.1', []]);
    // What a change of a line costs is for people to see.
    // eslint-disable-next-line no-console
    console.log(
      `      ${record.bytes} of ${record.fullBytes} bytes; ${record.durationMs} ms in all, ` +
        `the full image before ${first.durationMs} ms`,
    );
    assert.ok(record.bytes < record.fullBytes! / 10, `${record.bytes} of ${record.fullBytes} bytes`);
    await bench.said(/firmware: \d+ bytes, a patch that makes \d+ bytes, version 1\.1\.1, signature good/);
    await bench.said('Another line, a little longer');
    assert.equal(await readDeltaBase(await bench.registered()), sha256(after));

    await bench.cutPower();
    await bench.powerOn();
    await bench.restarted();
    assert.equal(await bench.version(), '1.1.1', 'kept without power');

    // From an image that was made, back into the other slot.
    const [next] = await push(withVersion(before, '1.1.2'), 3);
    assert.deepEqual([next.outcome, next.toVersion], ['succeeded', '1.1.2']);
    assert.ok(next.fullBytes! > next.bytes);
  });

  it('take nothing of the factory’s image, which nobody here has: a table goes compressed', async () => {
    bench = await Bench.open(project());
    const app = await project().variant(edits.version('1.2.0'));
    const image = Buffer.concat([app, Buffer.alloc(40_000, 'a line of a table, ')]);
    const [record, reasons] = await push(image, 1);
    assert.deepEqual(
      [record.outcome, record.toVersion, record.reducedBy, reasons],
      ['succeeded', '1.2.0', 'compression', ['not-kept']],
    );
    assert.ok(record.bytes < app.length + 5000, `${record.bytes} bytes`);
    assert.equal(await readDeltaBase(await bench.registered()), sha256(image));
  });

  it('for another image are refused with Update Result 8, and do no harm', async () => {
    bench = await Bench.open(project());
    const [base, image] = await Promise.all([
      project().variant(edits.version('1.1.0')),
      project().variant(edits.version('1.1.1')),
    ]);
    const full = await bench.package({ image });
    const signer = storedSigner(bench.desk.signer);
    const patch = { base, bytes: createPatch(base, image) };
    const delta = await createDeltaPackage(full, contentSignedBy(full, signer)!, patch, signer);
    const record = await bench.desk.push(await bench.registered(), delta);
    assert.deepEqual([record.outcome, record.updateResult], ['failed', 8]);
    await bench.said('refused, a patch for another image than the one that runs');
    assert.equal(await bench.version(), '1.0.0');
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
