import { strict as assert } from 'node:assert';
import type { ErrorCode } from '../../../src/base/errors';
import { createMcubootImage } from '../../../src/image/mcuboot/create';
import { defaultMcubootOptions } from '../../../src/image/mcuboot/options';
import { parseImageVersion } from '../../../src/image/mcuboot/version';
import { inspectFile, type InspectionTrust } from '../../../src/manifest/inspect-file';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import { elfFile, hexFile } from '../image/files';
import { sharedSigner } from '../image/mcuboot/signers';
import { content, rfc8032Signer } from './support';

const signer = sharedSigner('Ed25519');
const nothing = (): Promise<never> => Promise.reject(new Error('not asked for'));
const imageTrust: InspectionTrust = {
  envelope: nothing,
  image: () => Promise.resolve({ trustedKeys: [signer.publicKey] }),
};

async function mcubootImage(): Promise<Uint8Array> {
  return await createMcubootImage(
    new Uint8Array(300).fill(5),
    { ...defaultMcubootOptions, version: parseImageVersion('1.2.3') },
    signer,
  );
}

async function refusal(bytes: Uint8Array, code: ErrorCode): Promise<unknown> {
  let details: unknown;
  await assert.rejects(inspectFile('fw', bytes, imageTrust), (error: { code: string; details: unknown }) => {
    details = error.details;
    return error.code === code;
  });
  return details;
}

describe('an inspected file', () => {
  it('is what its content says, judged by what is for that kind alone', async () => {
    const envelope = await createEnvelope(content, rfc8032Signer);
    const suit = await inspectFile('fw.bin', envelope, {
      envelope: () => Promise.resolve({ trustAnchors: [rfc8032Signer] }),
      image: nothing,
    });
    assert.equal(suit.inspection.kind, 'SUIT envelope');
    assert.equal(suit.bytes, envelope);
    assert.ok(suit.inspection.checks.some(({ verdict }) => verdict === 'holds'));

    const image = await mcubootImage();
    const mcuboot = await inspectFile('fw.suit', image, imageTrust);
    assert.equal(mcuboot.inspection.kind, 'MCUboot image');
    assert.ok(mcuboot.inspection.checks.every(({ verdict }) => verdict === 'holds'));
    assert.equal(mcuboot.container, undefined);
  });

  it('is the image in an Intel HEX or ELF file, and offsets count in that', async () => {
    const image = await mcubootImage();
    const segments = [{ address: 0x8000, bytes: image }];
    for (const [container, file] of [
      ['Intel HEX', hexFile(segments)],
      ['ELF', elfFile({ segments })],
    ] as const) {
      const inspected = await inspectFile('fw', file, imageTrust);
      assert.equal(inspected.container, container);
      assert.deepEqual(inspected.bytes, image);
      assert.equal(inspected.inspection.size, image.length);
    }
  });

  it('is refused as what it is, if it is neither', async () => {
    const segments = [{ address: 0x8000, bytes: new Uint8Array(64).fill(1) }];
    const flat = await refusal(new Uint8Array(64), 'image.not-inspectable');
    assert.deepEqual(flat, { file: 'fw', kind: 'flat binary' });
    for (const [kind, file] of [
      ['ELF', elfFile({ segments })],
      ['Intel HEX', hexFile(segments)],
      ['ZIP archive', Buffer.from('504b0304', 'hex')],
    ] as const) {
      assert.deepEqual(await refusal(file, 'image.not-inspectable'), { file: 'fw', kind });
    }
    await refusal(new Uint8Array(), 'image.empty');
    await refusal(Buffer.from(':00000001FE'), 'image.damaged');
  });
});
