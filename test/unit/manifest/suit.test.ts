import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex, toHex } from '../../../src/base/hex';
import {
  type CborValue,
  CborTag,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import { isSuitEnvelope, peekEnvelope } from '../../../src/manifest/suit-peek';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import type { EnvelopeContent, Signer, VerifyPolicy } from '../../../src/manifest/types';
import { content, newSigner, refused, rewrite, rfc8032Signer, seeded } from './support';

const signer = rfc8032Signer;
const policy: VerifyPolicy = {
  trustAnchors: [signer],
  vendorId: content.vendorId,
  classId: content.classId,
  minimumSequence: 7,
};

/** The envelope of `content`, level by level; written out by hand from the draft. */
const goldenText =
  'a162656e' + // "en"
  'a2' +
  ('016d' + '426c696e6b7320666173746572') + // manifest description
  ('8143617070' + 'a3' + '026464656d6f' + '036b6578616d706c652e636f6d' + '0665312e322e33');
const goldenManifest =
  'a7' +
  '0101' + // version
  '0207' + // sequence
  ('035860' + 'a2' + '02818143617070') + // components
  ('045855' + '86' + '14a4') + // shared sequence: override parameters
  ('0150' + 'cfbff0d193755685968c48ce8b15ae17') + // vendor id
  ('0250' + 'CLASS') +
  ('035824' + '822f5820' + 'PAYLOADHASH') +
  '0e1828' + // image size 40
  '010f020f' + // conditions vendor, class
  ('0743' + '82030f') + // validate: image match
  ('0943' + '821702') + // invoke
  ('1452' + '8614a1156923' + '6669726d77617265' + '1502030f') + // install: URI, fetch, image match
  ('17822f5820' + 'TEXTHASH'); // severed text

describe('SUIT envelope', () => {
  let envelope: Uint8Array;
  before(async () => {
    envelope = await createEnvelope(content, signer);
  });

  it('has the bytes that the draft prescribes', async () => {
    const sha256 = (hex: string): string => createHash('sha256').update(fromHex(hex)).digest('hex');
    const payload = toHex(content.payload);
    const text = goldenText;
    const manifest = goldenManifest
      .replace('CLASS', toHex(content.classId))
      .replace('PAYLOADHASH', sha256(payload))
      .replace('TEXTHASH', sha256(`5834${text}`));
    const size = (manifest.length / 2).toString(16);
    const digest = `822f5820${sha256(`58${size}${manifest}`)}`;
    const signed = `846a5369676e61747572653143a101324058${(digest.length / 2).toString(16)}${digest}`;
    const signature = toHex(await signer.sign(fromHex(signed)));
    const block = `d28443a10132a1045820${signer.keyId}f65840${signature}`;
    const wrapper = `825824${digest}58${(block.length / 2).toString(16)}${block}`;
    assert.equal(
      toHex(envelope),
      `d86ba4` +
        `0258${(wrapper.length / 2).toString(16)}${wrapper}` +
        `0358${size}${manifest}` +
        `175834${text}` +
        `69236669726d77617265` +
        `5828${payload}`,
    );
  });

  it('stays the same from release to release (Ed25519 is deterministic)', async () => {
    assert.equal(
      createHash('sha256').update(envelope).digest('hex'),
      '4b35820820be8688a135c2a9b5810036828c27254069df1106a251acad33960b',
    );
    assert.equal(toHex(await createEnvelope(content, signer)), toHex(envelope));
  });

  it('gives back what was put in', () => {
    const { keyId, algorithm, payloadSha256, ...rest } = verifyEnvelope(envelope, policy);
    const { sequence, description, ...component } = content;
    assert.deepEqual(rest, {
      ...content,
      encrypted: false,
      dialect: 'draft-37',
      authentications: [{ keyId: signer.keyId, algorithm: 'Ed25519' }],
      components: [{ ...component, payloadSha256, encrypted: false }],
    });
    assert.deepEqual([sequence, description], [7, 'Blinks faster']);
    assert.equal(keyId, signer.keyId);
    assert.equal(algorithm, 'Ed25519');
    assert.match(payloadSha256, /^[0-9a-f]{64}$/);
  });

  it('verifies with a P-256 key too, a large payload, no text, and several segments of a component id', async () => {
    const p256 = newSigner('ESP256');
    const bare: EnvelopeContent = {
      payload: new Uint8Array(100_000).fill(0xa5),
      sequence: 2 ** 40,
      vendorId: content.vendorId,
      classId: content.classId,
      componentId: ['soc', 'äpp'],
    };
    const bytes = await createEnvelope(bare, p256);
    const verified = verifyEnvelope(bytes, { trustAnchors: [signer, p256] });
    assert.deepEqual({ ...verified, ...bare }, verified);
    assert.equal(verified.version, undefined);
    assert.deepEqual([verified.keyId, verified.algorithm], [p256.keyId, 'ESP256']);
  });

  it('keeps a short text inside the manifest, where a digest would be longer', async () => {
    const { modelName: _m, vendorDomain: _v, description: _d, ...short } = content;
    const bytes = await createEnvelope(short, signer);
    const map = (decodeCanonical(bytes, 'test') as CborTag).value as Map<CborValue, CborValue>;
    assert.deepEqual([...map.keys()], [2, 3, '#firmware']);
    assert.equal(verifyEnvelope(bytes, policy).version, '1.2.3');
  });

  it('verifies without its severed text, which boards do without', async () => {
    const bytes = await rewrite(envelope, signer, ({ envelope: map }) => map.delete(23));
    const verified = verifyEnvelope(bytes, policy);
    assert.equal(verified.version, undefined);
    assert.deepEqual(verified.payload, content.payload);
  });

  it('verifies when one of several signatures is trusted', async () => {
    const other = newSigner('ESP256');
    const map = new Map((decodeCanonical(envelope, 'test') as CborTag).value as Map<CborValue, CborValue>);
    const twice = await rewrite(envelope, other, () => undefined);
    const blockOf = (bytes: Uint8Array): CborValue[] => {
      const members = (decodeCanonical(bytes, 'test') as CborTag).value as Map<CborValue, CborValue>;
      return decodeCanonical(members.get(2) as Uint8Array, 'test') as CborValue[];
    };
    map.set(2, encodeCanonical([...blockOf(twice), blockOf(envelope)[1]!]));
    const bytes = encodeCanonical(new CborTag(107, map));
    assert.equal(verifyEnvelope(bytes, policy).keyId, signer.keyId);
    assert.equal(verifyEnvelope(bytes, { trustAnchors: [other] }).keyId, other.keyId);
    refused(() => verifyEnvelope(bytes, { trustAnchors: [newSigner('Ed25519')] }), 'suit.untrusted-key');
  });

  it('accepts set-component-index of its one component', async () => {
    for (const argument of [0, true, [0]]) {
      const bytes = await rewrite(envelope, signer, ({ shared }) => shared.unshift(12, argument));
      assert.equal(verifyEnvelope(bytes, policy).sequence, 7);
    }
  });

  it('checks vendor, class and sequence only where the policy asks', () => {
    assert.equal(verifyEnvelope(envelope, { trustAnchors: [signer] }).sequence, 7);
  });
});

describe('making an envelope', () => {
  const cases: Record<string, Partial<EnvelopeContent>> = {
    'an empty payload': { payload: new Uint8Array() },
    'a negative sequence number': { sequence: -1 },
    'a fractional sequence number': { sequence: 1.5 },
    'a sequence number beyond 2^53': { sequence: 2 ** 53 },
    'a vendor id that is not a UUID': { vendorId: new Uint8Array(15) },
    'a class id that is not a UUID': { classId: new Uint8Array(17) },
    'no component id': { componentId: [] },
    'half a surrogate pair': { description: 'a\ud800b' },
  };
  for (const [name, change] of Object.entries(cases)) {
    it(`refuses ${name}`, () =>
      assert.rejects(createEnvelope({ ...content, ...change }, signer), { code: 'suit.malformed' }));
  }

  it('refuses a signer that answers with another key', async () => {
    const stranger = newSigner('Ed25519');
    const confused: Signer = { ...signer, sign: (bytes) => stranger.sign(bytes) };
    await assert.rejects(createEnvelope(content, confused), { code: 'suit.bad-signature' });
  });
});

describe('refusing an envelope', () => {
  let envelope: Uint8Array;
  before(async () => {
    envelope = await createEnvelope(content, signer);
  });
  const verify = (bytes: Uint8Array, change: Partial<VerifyPolicy> = {}) =>
    verifyEnvelope(bytes, { ...policy, ...change });
  const rewritten = (edit: Parameters<typeof rewrite>[2]): Promise<Uint8Array> =>
    rewrite(envelope, signer, edit);

  it('without a signature', () => {
    const map = (decodeCanonical(envelope, 'test') as CborTag).value as Map<CborValue, CborValue>;
    const [digest] = decodeCanonical(map.get(2) as Uint8Array, 'test') as CborValue[];
    const bytes = encodeCanonical(new CborTag(107, new Map([...map, [2, encodeCanonical([digest!])]])));
    refused(() => verify(bytes), 'suit.unsigned');
    assert.equal(peekEnvelope(bytes).signed, false);
  });

  it('signed by a stranger', async () => {
    const stranger = newSigner('Ed25519');
    const bytes = await createEnvelope(content, stranger);
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.untrusted-key'),
      { keyId: stranger.keyId },
    );
    refused(() => verify(envelope, { trustAnchors: [] }), 'suit.untrusted-key');
  });

  it('whose manifest is not what was signed', async () => {
    const map = (decodeCanonical(envelope, 'test') as CborTag).value as Map<CborValue, CborValue>;
    const newer = (
      decodeCanonical(await createEnvelope({ ...content, sequence: 8 }, signer), 'test') as CborTag
    ).value as Map<CborValue, CborValue>;
    const swapped = encodeCanonical(new CborTag(107, new Map([...map, [3, newer.get(3)!]])));
    assert.deepEqual(
      refused(() => verify(swapped), 'suit.digest-mismatch'),
      { what: 'manifest' },
    );
    // With the digest of the new manifest, but the old signature.
    const [, block] = decodeCanonical(map.get(2) as Uint8Array, 'test') as CborValue[];
    const [digest] = decodeCanonical(newer.get(2) as Uint8Array, 'test') as CborValue[];
    const forged = encodeCanonical(
      new CborTag(107, new Map([...newer, [2, encodeCanonical([digest!, block!])]])),
    );
    refused(() => verify(forged), 'suit.bad-signature');
  });

  it('with a lower sequence number than the board has', () => {
    assert.deepEqual(
      refused(() => verify(envelope, { minimumSequence: 8 }), 'suit.sequence-too-low'),
      { sequence: 7, minimum: 8 },
    );
  });

  it('for another vendor', () => {
    const details = refused(() => verify(envelope, { vendorId: new Uint8Array(16) }), 'suit.vendor-mismatch');
    assert.equal(details.expected, '00000000-0000-0000-0000-000000000000');
    assert.equal(details.actual, 'cfbff0d1-9375-5685-968c-48ce8b15ae17');
  });

  it('for another class', () => {
    const details = refused(() => verify(envelope, { classId: new Uint8Array(16) }), 'suit.class-mismatch');
    assert.equal(details.expected, '00000000-0000-0000-0000-000000000000');
  });

  it('that does not check the vendor, the class or the image', async () => {
    const without = (code: number) => (sequence: CborValue[]) => {
      for (let index = sequence.length - 2; index >= 0; index -= 2) {
        if (sequence[index] === code) sequence.splice(index, 2);
      }
    };
    const cases: [string, Parameters<typeof rewrite>[2]][] = [
      ['vendor-identifier', ({ shared }) => without(1)(shared)],
      ['class-identifier', ({ shared }) => without(2)(shared)],
      ['image-match', (parts) => (parts.validate = undefined)],
      ['image-match', (parts) => (parts.validate = [23, 2])],
    ];
    for (const [condition, edit] of cases) {
      const bytes = await rewritten(edit);
      assert.deepEqual(
        refused(() => verify(bytes), 'suit.missing-condition'),
        { condition },
      );
    }
  });

  it('that fetches before it checks vendor and class', async () => {
    const bytes = await rewritten((parts) => {
      parts.validate = [...parts.shared, 3, 15];
      parts.shared = parts.shared.slice(0, 2);
    });
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.missing-condition'),
      { condition: 'vendor-identifier' },
    );
  });

  it('without its payload', async () => {
    const bytes = await rewritten(({ envelope: map }) => map.delete('#firmware'));
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.payload-missing'),
      { uri: '#firmware' },
    );
  });

  it('that fetches from elsewhere, or nothing', async () => {
    const elsewhere = await rewritten(
      (parts) => (parts.install![1] = new Map([[21, 'coap://example.com/f']])),
    );
    assert.deepEqual(
      refused(() => verify(elsewhere), 'suit.payload-missing'),
      { uri: 'coap://example.com/f' },
    );
    const nothing = await rewritten((parts) => (parts.install = undefined));
    assert.deepEqual(
      refused(() => verify(nothing), 'suit.payload-missing'),
      { uri: '' },
    );
  });

  it('with a payload of another size', async () => {
    const bytes = await rewritten(({ envelope: map }) => map.set('#firmware', content.payload.subarray(1)));
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.payload-size'),
      { expected: 40, actual: 39 },
    );
  });

  it('with a payload of the right size and other content', async () => {
    const bytes = await rewritten(({ envelope: map }) => map.set('#firmware', new Uint8Array(40)));
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.digest-mismatch'),
      { what: 'payload' },
    );
  });

  it('with another text than the one its digest is of', async () => {
    const bytes = await rewritten(({ envelope: map }) => map.set(23, fromHex('a162656ea0')));
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.digest-mismatch'),
      { what: 'severable' },
    );
  });

  it('with a component index out of range', async () => {
    const bytes = await rewritten(({ shared }) => shared.unshift(12, 1));
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.component-index'),
      { index: 1, count: 1 },
    );
  });

  it('with digests of an unknown algorithm', async () => {
    const digest = encodeCanonical([-44, new Uint8Array(64)]);
    const bytes = await rewritten(({ shared }) => (shared[1] as Map<CborValue, CborValue>).set(3, digest));
    assert.deepEqual(
      refused(() => verify(bytes), 'suit.unknown-algorithm'),
      { algorithm: 'digest -44' },
    );
  });

  const unsupported: Record<string, Parameters<typeof rewrite>[2]> = {
    'a component id that is not text': ({ common }) => common.set(2, [[fromHex('ff')]]),
    dependencies: ({ common }) => common.set(1, new Map()),
    'a directive that is not known': ({ shared }) => shared.push(29, 15),
    'a parameter that is not known': ({ shared }) => shared.push(20, new Map([[23, 0]])),
    'another manifest version': ({ manifest }) => manifest.set(1, 2),
    'a manifest member that is not known': ({ manifest }) => manifest.set(5, []),
    'an envelope member that is not known': ({ envelope: map }) => map.set(1, fromHex('80')),
  };
  for (const [name, edit] of Object.entries(unsupported)) {
    it(`with ${name}, which is beyond it`, async () => {
      const bytes = await rewritten(edit);
      refused(() => verify(bytes), 'suit.unsupported');
    });
  }

  const malformed: Record<string, Parameters<typeof rewrite>[2]> = {
    'no components': ({ common }) => common.set(2, []),
    'a component that is a number': ({ common }) => common.set(2, [7]),
    'no sequence number': ({ manifest }) => manifest.delete(2),
    'a negative sequence number': ({ manifest }) => manifest.set(2, -1),
    'a common that is not wrapped': ({ manifest }) => manifest.set(3, new Map()),
    'an odd number of items in a sequence': ({ shared }) => shared.push(1),
    'an empty sequence': (parts) => (parts.shared = []),
    'a command that is a text': ({ shared }) => shared.push('fetch', 2),
    'a reporting policy with unknown bits': ({ shared }) => shared.push(1, 16),
    'a reporting policy that is a text': ({ shared }) => shared.push(1, 'all'),
    'a vendor id that is not a UUID': ({ shared }) =>
      (shared[1] as Map<CborValue, CborValue>).set(1, fromHex('00')),
    'a vendor condition before its parameter': ({ shared }) => shared.unshift(1, 15),
    'a class condition before its parameter': ({ shared }) => shared.unshift(2, 15),
    'no image digest': ({ shared }) => (shared[1] as Map<CborValue, CborValue>).delete(3),
    'an image digest that is too short': ({ shared }) =>
      (shared[1] as Map<CborValue, CborValue>).set(3, encodeCanonical([-16, fromHex('00')])),
    'an image size that is a text': ({ shared }) => (shared[1] as Map<CborValue, CborValue>).set(14, '40'),
    'parameters that are a list': ({ shared }) => (shared[1] = []),
    'a fetch without a URI': (parts) => parts.install!.splice(0, 2),
    'a fetch that relies on the URI of another sequence': (parts) => parts.validate!.unshift(21, 2),
    'a payload that is never fetched': ({ envelope: map }) => map.set('#extra', fromHex('00')),
    'a payload that is a text': ({ envelope: map }) => map.set('#firmware', 'text'),
    'a severable member without a digest': ({ envelope: map }) => map.set(16, fromHex('821502')),
    'a text without a language': ({ manifest, envelope: map }) => {
      map.delete(23);
      manifest.set(23, fromHex('a0'));
    },
    'a version that is a number': ({ manifest, envelope: map }) => {
      map.delete(23);
      manifest.set(23, fromHex('a162656ea18143617070a10601'));
    },
  };
  for (const [name, edit] of Object.entries(malformed)) {
    it(`with ${name}`, async () => {
      const bytes = await rewritten(edit);
      refused(() => verify(bytes), 'suit.malformed');
    });
  }

  it('that is not one', () => {
    for (const hex of ['', 'd86b', 'd86ba0', 'd86b80', 'a0', 'd86ba10240', 'd203', '4c46']) {
      refused(() => verify(fromHex(hex)), 'suit.malformed');
    }
  });

  it('with trailing bytes', () => {
    refused(() => verify(Uint8Array.of(...envelope, 0)), 'suit.trailing-bytes');
  });

  it('with non-canonical CBOR inside what is signed', async () => {
    const bytes = await rewritten(({ manifest }) => manifest.set(7, fromHex('8203180f')));
    refused(() => verify(bytes), 'suit.not-canonical');
  });

  it('cut off at any byte', () => {
    for (let size = 0; size < envelope.length; size++) {
      refused(() => verify(envelope.subarray(0, size)), 'suit.malformed');
    }
  });

  it('after any change of a single byte', () => {
    for (let at = 0; at < envelope.length; at++) {
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Uint8Array.from(envelope);
        changed[at]! ^= flip;
        assert.throws(() => verify(changed), SlipwayError, `byte ${at} ^ ${flip}`);
      }
    }
  });

  it('after any change of a single byte, signed with ECDSA', async () => {
    const p256 = newSigner('ESP256');
    const original = await createEnvelope(content, p256);
    for (let at = 0; at < original.length; at++) {
      const changed = Uint8Array.from(original);
      changed[at]! ^= 1 << (at % 8);
      assert.throws(() => verifyEnvelope(changed, { trustAnchors: [p256] }), SlipwayError, `byte ${at}`);
    }
  });

  it('after random changes, without surprise (seeded)', () => {
    const seed = 99;
    const random = seeded(seed);
    for (let round = 0; round < 2000; round++) {
      const changed = Uint8Array.from(envelope);
      for (let change = 0; change < 3; change++) {
        changed[Math.floor(random() * changed.length)] = Math.floor(random() * 256);
      }
      if (Buffer.compare(changed, envelope) === 0) continue;
      const where = `seed ${seed} round ${round}`;
      assert.throws(() => verify(changed), SlipwayError, where);
      try {
        peekEnvelope(changed);
      } catch (error) {
        assert.ok(SlipwayError.is(error), `${where}: ${String(error)}`);
      }
    }
  });
});

describe('peeking into an envelope', () => {
  it('reads its claims without a key', async () => {
    const signer = newSigner('ESP256');
    const bytes = await createEnvelope(content, signer);
    const { payload, ...claims } = content;
    const { sequence: _s, description: _d, ...component } = { ...claims, payloadBytes: payload.length };
    assert.deepEqual(peekEnvelope(bytes), {
      ...claims,
      payloadBytes: payload.length,
      components: [component],
      signed: true,
      keyIds: [signer.keyId],
      encrypted: false,
      dialect: 'draft-37',
    });
  });

  it('tells envelopes by their first bytes', async () => {
    assert.equal(isSuitEnvelope(await createEnvelope(content, signer)), true);
    for (const hex of ['', 'd8', 'd86b', 'd86b80', 'd90107a0', '7f454c46']) {
      assert.equal(isSuitEnvelope(fromHex(hex)), false, hex);
    }
  });
});
