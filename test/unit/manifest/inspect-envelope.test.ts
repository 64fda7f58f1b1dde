import { strict as assert } from 'node:assert';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import type { Inspection, InspectionField } from '../../../src/image/inspection';
import { readItem } from '../../../src/manifest/cbor-items';
import { inspectEnvelope, type InspectionKeys } from '../../../src/manifest/inspect-envelope';
import { createPackage } from '../../../src/manifest/suit-encode';
import { symmetricKey } from '../../../src/manifest/symmetric-key';
import type { ComponentContent, PackageOptions } from '../../../src/manifest/types';
import { certificate } from './certificates';
import { content, newSigner, refused, rewrite, rfc8032Signer as signer, seeded } from './support';

const { sequence, description, ...app } = content;
const radio: ComponentContent = { ...app, payload: new Uint8Array(50).fill(1), componentId: ['radio'] };
const make = (options: PackageOptions): Promise<Uint8Array> =>
  createPackage({ sequence, description: description!, components: [app, radio] }, options);
const keys: InspectionKeys = { trustAnchors: [signer], minimumSequence: 7 };

function flat(fields: readonly InspectionField[]): readonly InspectionField[] {
  return fields.flatMap((field) => [field, ...flat(field.children ?? [])]);
}

function valuesOf({ fields }: Inspection, name: string): readonly string[] {
  return flat(fields).flatMap((field) => (field.name === name ? [field.value] : []));
}

const verdicts = ({ checks }: Inspection): readonly string[] => checks.map(({ verdict }) => verdict);

describe('inspecting an envelope', () => {
  it('names every field in words', async () => {
    const inspection = inspectEnvelope(await make({ signers: [{ signer }] }), keys);
    const expected: Record<string, readonly string[]> = {
      SUIT_Envelope_Tagged: ['tag 107'],
      alg: ['Ed25519 (-19)'],
      kid: [signer.keyId],
      payload: ['detached'],
      'suit-manifest-sequence-number': ['7'],
      'component 0': ['app'],
      'component 1': ['radio'],
      'suit-parameter-vendor-identifier': Array<string>(2).fill('cfbff0d1-9375-5685-968c-48ce8b15ae17'),
      'suit-parameter-image-size': ['40 bytes', '50 bytes'],
      'suit-parameter-uri': ['#1-radio', '#firmware'],
      'suit-directive-fetch': ['record-failure', 'record-failure'],
      'suit-text-component-version': ['1.2.3', '1.2.3'],
      'suit-text-manifest-description': ['Blinks faster'],
      'suit-text': ['severed', ''],
      'integrated payload #1-radio': ['50 bytes, flat binary or encrypted'],
    };
    for (const [name, values] of Object.entries(expected)) {
      assert.deepEqual(valuesOf(inspection, name), values, name);
    }
    assert.deepEqual(verdicts(inspection), ['holds', 'holds', 'holds', 'holds', 'holds', 'holds']);
  });

  it('says where each stands: the bytes there are what it says', async () => {
    const bytes = await make({ signers: [{ signer }] });
    const fields = flat(inspectEnvelope(bytes).fields);
    const at = (name: string): string => {
      const { offset, length } = fields.find((field) => field.name === name)!.at!;
      return toHex(bytes.subarray(offset, offset + length));
    };
    assert.equal(at('suit-manifest-version'), '01');
    assert.equal(at('kid'), `5820${signer.keyId}`);
    assert.equal(at('component 1'), '8145726164696f');
    assert.equal(at('suit-text-component-version'), '65312e322e33');
    assert.equal(at('integrated payload #1-radio'), `5832${toHex(radio.payload)}`);
    for (const { at: range, name } of fields) {
      assert.ok(range && range.length > 0 && range.offset + range.length <= bytes.length, name);
    }
  });

  it('keeps fields inside those that hold them', async () => {
    const inside = ({ at, children = [] }: InspectionField): void => {
      for (const child of children) {
        assert.ok(child.at!.offset >= at!.offset, child.name);
        assert.ok(child.at!.offset + child.at!.length <= at!.offset + at!.length, child.name);
        inside(child);
      }
    };
    inspectEnvelope(await make({ signers: [{ signer }], severable: true })).fields.forEach(inside);
  });

  it('shows what it could not check, and never takes it for good', async () => {
    const bytes = await make({ signers: [{ signer }], macKeys: [symmetricKey(new Uint8Array(16), 'mac')] });
    const { checks } = inspectEnvelope(bytes);
    assert.deepEqual(
      checks.filter(({ verdict }) => verdict === 'not-checked').map(({ missing }) => missing),
      ['no key to check it with', 'no MAC key to check it with', 'no number of a board'],
    );
  });

  it('shows encryption, certificates, alternatives and the dialect', async () => {
    const key = symmetricKey(new Uint8Array(16).fill(1), 'k');
    const encrypted = inspectEnvelope(await make({ signers: [{ signer }], encryptionKey: key }), keys);
    assert.deepEqual(valuesOf(encrypted, 'alg'), ['Ed25519 (-19)', 'A128GCM (1)', 'A128GCM (1)']);
    assert.equal(encrypted.checks.at(-1)!.missing, 'no key to decrypt it with');

    const { signer: certified, der } = certificate({ subject: 'Release' });
    const chained = inspectEnvelope(await make({ signers: [{ signer: certified, chain: [der] }] }));
    assert.match(valuesOf(chained, 'certificate')[0]!, /^CN=Release, issued by CN=Release, valid from/);

    const old = inspectEnvelope(await make({ signers: [{ signer }], dialect: 'draft-09' }), keys);
    assert.deepEqual(valuesOf(old, 'SUIT_Envelope'), ['no tag, as in draft-09']);
    assert.equal(valuesOf(old, 'suit-validate').length, 1);
    assert.ok(verdicts(old).every((verdict) => verdict === 'holds'));

    const plain = await make({ signers: [{ signer }] });
    const trying = await rewrite(plain, signer, ({ shared }) =>
      shared.push(15, [fromHex('82030f'), null], 32, fromHex('820e00')),
    );
    const tried = inspectEnvelope(trying, keys);
    assert.deepEqual(valuesOf(tried, 'otherwise'), ['nothing']);
    assert.deepEqual(valuesOf(tried, 'suit-condition-abort'), ['no report']);
  });

  it('says which rule is broken, with the verifier’s own error', async () => {
    const bytes = await make({ signers: [{ signer }] });
    const codes = (changed: Uint8Array, by: InspectionKeys = keys): readonly (string | undefined)[] =>
      inspectEnvelope(changed, by).checks.flatMap(({ error }) => (error ? [error.code] : []));
    const last = Uint8Array.from(bytes);
    last[last.length - 1]! ^= 1;
    assert.deepEqual(codes(last), ['suit.digest-mismatch']);
    assert.deepEqual(codes(bytes, { trustAnchors: [newSigner('Ed25519')] }), ['suit.untrusted-key']);
    assert.deepEqual(codes(bytes, { ...keys, minimumSequence: 8 }), ['suit.sequence-too-low']);
    const sequenceAt = Buffer.from(bytes).indexOf(fromHex('01010207'));
    const edited = Uint8Array.from(bytes);
    edited[sequenceAt + 3]! ^= 1;
    assert.deepEqual(codes(edited), ['suit.digest-mismatch', 'suit.sequence-too-low']);
  });

  it('reads what the verifier refuses: an encoding that is not deterministic', async () => {
    const plain = await make({ signers: [{ signer }] });
    const loose = await rewrite(plain, signer, ({ manifest }) => manifest.set(7, fromHex('8203180f')));
    const inspection = inspectEnvelope(loose, keys);
    assert.equal(
      valuesOf(inspection, 'suit-condition-image-match').at(-1),
      valuesOf(inspection, 'suit-condition-image-match')[0],
    );
    assert.deepEqual(
      inspection.checks.flatMap(({ error }) => error?.code ?? []),
      ['suit.not-canonical'],
    );
  });

  it('takes apart what there is of a damaged one, and throws nothing (seeded)', async () => {
    const bytes = await make({ signers: [{ signer }] });
    for (let size = 0; size < bytes.length; size += 5) {
      const { checks, fields } = inspectEnvelope(bytes.subarray(0, size), keys);
      assert.ok(
        checks.some(({ verdict }) => verdict === 'broken'),
        `cut at ${size}`,
      );
      assert.equal(fields.length, 1);
    }
    const seed = 11;
    const random = seeded(seed);
    for (let round = 0; round < 300; round++) {
      const changed = Uint8Array.from(bytes);
      changed[Math.floor(random() * changed.length)]! ^= 1 + Math.floor(random() * 255);
      const { checks } = inspectEnvelope(changed, keys);
      assert.ok(
        checks.some(({ verdict }) => verdict === 'broken'),
        `seed ${seed} round ${round}`,
      );
    }
  });
});

describe('CBOR items with their places', () => {
  it('are read in any width, but not in forms that have no place here', () => {
    assert.equal(readItem(fromHex('1b0000000000000007'), 3).number, 7);
    assert.deepEqual(readItem(fromHex('3863'), 3).number, -100);
    for (const hex of [
      '',
      '18',
      '9fff',
      'f93c00',
      '4201',
      '8201',
      '0000',
      '1bffffffffffffffff',
      '9b000fffffffffffff00',
    ]) {
      refused(() => readItem(fromHex(hex), 0), 'suit.malformed');
    }
    assert.throws(() => readItem(new Uint8Array(100_000).fill(0x81), 0), SlipwayError);
  });
});
