import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../../src/base/errors';
import {
  CborTag,
  type CborValue,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import { packageFileOf, toUpdatePackage, writePackage } from '../../../src/update/package-file';
import { content, refused, rfc8032Signer } from '../manifest/support';

/** The envelope without its signature: only the digest stays in the authentication wrapper. */
function stripped(envelope: Uint8Array): Uint8Array {
  const members = new Map((decodeCanonical(envelope, 'test') as CborTag).value as Map<CborValue, CborValue>);
  const [digest] = decodeCanonical(members.get(2) as Uint8Array, 'test') as CborValue[];
  members.set(2, encodeCanonical([digest!]));
  return encodeCanonical(new CborTag(107, members));
}

describe('a package', () => {
  it('is made of an envelope, with what it claims and the hash of the whole', async () => {
    const bytes = await createEnvelope(content, rfc8032Signer);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(toUpdatePackage('app.suit', bytes), {
      name: 'app.suit',
      bytes,
      sha256,
      sequence: 7,
      version: '1.2.3',
      claims: { vendorId: content.vendorId, classId: content.classId, keyIds: [rfc8032Signer.keyId] },
    });
  });

  it('has no version where the envelope claims none', async () => {
    const { payload, sequence, vendorId, classId, componentId } = content;
    const unnamed = { payload, sequence, vendorId, classId, componentId };
    const pkg = toUpdatePackage('app.suit', await createEnvelope(unnamed, rfc8032Signer));
    assert.equal('version' in pkg, false);
  });

  it('is not made of nothing, of a bare image, or of an envelope that nobody signed', async () => {
    assert.deepEqual(
      refused(() => toUpdatePackage('app.suit', new Uint8Array()), 'image.empty'),
      {
        file: 'app.suit',
      },
    );
    refused(() => toUpdatePackage('app.bin', content.payload), 'suit.unsigned');
    const envelope = await createEnvelope(content, rfc8032Signer);
    refused(() => toUpdatePackage('app.suit', stripped(envelope)), 'suit.unsigned');
  });

  it('is not made of half an envelope', async () => {
    const envelope = await createEnvelope(content, rfc8032Signer);
    refused(() => toUpdatePackage('app.suit', envelope.subarray(0, envelope.length / 2)), 'suit.malformed');
  });
});

describe('the file of a package', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-package-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('stands beside the artifact, under its name', () => {
    const cases: Readonly<Record<string, string>> = {
      'firmware.bin': 'firmware.suit',
      'app.v1.2.bin': 'app.v1.2.suit',
      firmware: 'firmware.suit',
    };
    for (const [artifact, file] of Object.entries(cases)) {
      assert.equal(packageFileOf(join('out.d', artifact)), join('out.d', file));
    }
  });

  it('is written whole over the one before, and nothing else stays', async () => {
    const file = join(folder, 'app.suit');
    await writeFile(file, 'a much longer package of the time before');
    await writePackage(file, Uint8Array.of(1, 2, 3));
    assert.deepEqual([...(await readFile(file))], [1, 2, 3]);
    assert.deepEqual(await readdir(folder), ['app.suit']);
  });

  it('that cannot be written is an error with its name, and leaves no half behind', async () => {
    const inTheWay = join(folder, 'app.suit');
    await mkdir(join(inTheWay, 'full'), { recursive: true });
    for (const file of [inTheWay, join(folder, 'missing', 'app.suit')]) {
      await assert.rejects(writePackage(file, Uint8Array.of(1)), (error) => {
        assert.ok(SlipwayError.is(error, 'image.unwritable'));
        assert.equal(error.details.file, file);
        assert.notEqual(error.details.reason, '');
        return true;
      });
    }
    assert.deepEqual(await readdir(folder), ['app.suit']);
  });
});
