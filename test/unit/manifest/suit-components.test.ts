import { strict as assert } from 'node:assert';
import { SlipwayError } from '../../../src/base/errors';
import { fromHex } from '../../../src/base/hex';
import {
  type CborValue,
  CborTag,
  decodeCanonical,
  encodeCanonical,
} from '../../../src/manifest/canonical-cbor';
import { sha256, suitDigest } from '../../../src/manifest/suit-digest';
import { createEnvelope, createPackage } from '../../../src/manifest/suit-encode';
import { peekEnvelope } from '../../../src/manifest/suit-peek';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import type { ComponentContent, PackageContent, VerifyPolicy } from '../../../src/manifest/types';
import { classIdOf } from '../../../src/manifest/uuid';
import { content, newSigner, refused, rewrite, rfc8032Signer } from './support';

const signer = rfc8032Signer;
const { sequence, description, ...app } = content;
const radio: ComponentContent = {
  ...app,
  payload: new Uint8Array(60).fill(0x5a),
  componentId: ['radio', 'fw'],
  version: '4.5.6',
};
const secure: ComponentContent = { ...app, payload: new Uint8Array(30).fill(0xa5), componentId: ['secure'] };
const packageContent: PackageContent = {
  sequence,
  description: description!,
  components: [app, radio, secure],
};
const policy: VerifyPolicy = { trustAnchors: [signer], vendorId: app.vendorId, classId: app.classId };

function manifestOf(bytes: Uint8Array): Map<CborValue, CborValue> {
  const envelope = (decodeCanonical(bytes, 'test') as CborTag).value as Map<CborValue, CborValue>;
  return decodeCanonical(envelope.get(3) as Uint8Array, 'test') as Map<CborValue, CborValue>;
}

describe('an envelope of several components', () => {
  let envelope: Uint8Array;
  before(async () => {
    envelope = await createPackage(packageContent, { signers: [{ signer }] });
  });

  it('gives each back as it was put in, and starts the first', () => {
    const verified = verifyEnvelope(envelope, policy);
    assert.deepEqual(
      verified.components.map(({ payloadSha256: _, encrypted: __, ...component }) => component),
      [app, radio, secure],
    );
    assert.deepEqual(verified.payload, app.payload);
    assert.equal(verified.description, description);
  });

  it('is the same as one of one component where there is one', async () => {
    const one = await createPackage({ ...packageContent, components: [app] }, { signers: [{ signer }] });
    assert.deepEqual(one, await createEnvelope(content, signer));
  });

  it('names the component before each command, and installs the first one last', () => {
    const manifest = manifestOf(envelope);
    const commands = (key: number): CborValue[] =>
      decodeCanonical(manifest.get(key) as Uint8Array, 'test') as CborValue[];
    assert.deepEqual(commands(7), [12, 0, 3, 15, 12, 1, 3, 15, 12, 2, 3, 15]);
    assert.deepEqual(commands(9), [12, 0, 23, 2]);
    const fetch = (index: number, uri: string): CborValue[] => [
      ...[12, index, 20, new Map([[21, uri]]), 21, 2],
      ...[3, 15],
    ];
    assert.deepEqual(commands(20), [
      ...fetch(1, '#1-fw'),
      ...fetch(2, '#2-secure'),
      ...fetch(0, '#firmware'),
    ]);
  });

  it('says what is in it without a key', () => {
    const { components } = peekEnvelope(envelope);
    assert.deepEqual(
      components.map(({ componentId, version, payloadBytes }) => ({ componentId, version, payloadBytes })),
      [
        { componentId: ['app'], version: '1.2.3', payloadBytes: 40 },
        { componentId: ['radio', 'fw'], version: '4.5.6', payloadBytes: 60 },
        { componentId: ['secure'], version: '1.2.3', payloadBytes: 30 },
      ],
    );
  });

  it('may have components of one name but for their folder', async () => {
    const twin = { ...radio, componentId: ['fw'] };
    const bytes = await createPackage(
      { ...packageContent, components: [app, radio, twin] },
      { signers: [{ signer }] },
    );
    assert.equal(verifyEnvelope(bytes, policy).components.length, 3);
  });

  it('is refused where one of them is for another class', async () => {
    const foreign = { ...radio, classId: classIdOf(app.vendorId, 'other') };
    const bytes = await createPackage(
      { ...packageContent, components: [app, foreign] },
      { signers: [{ signer }] },
    );
    refused(() => verifyEnvelope(bytes, policy), 'suit.class-mismatch');
    const anywhere = verifyEnvelope(bytes, { trustAnchors: [signer] });
    assert.deepEqual(anywhere.components[1]!.classId, foreign.classId);
  });

  it('costs about as much as was measured elsewhere', async () => {
    const bare = ({ payload, vendorId, classId, componentId }: ComponentContent): ComponentContent => ({
      payload,
      vendorId,
      classId,
      componentId,
    });
    const sizeOf = async (components: readonly ComponentContent[]): Promise<number> => {
      const bytes = await createPackage({ sequence, components }, { signers: [{ signer }] });
      return bytes.length - components.reduce((sum, { payload }) => sum + payload.length, 0);
    };
    const [one, two] = [await sizeOf([bare(app)]), await sizeOf([bare(app), bare(secure)])];
    assert.ok(one < 320 && two < 480, `${one}, ${two}`);
  });

  const refusals: Record<string, PackageContent> = {
    'no component': { sequence, components: [] },
    'two of the same id': { sequence, components: [app, { ...radio, componentId: app.componentId }] },
    'an empty payload': { sequence, components: [app, { ...radio, payload: new Uint8Array() }] },
  };
  for (const [name, wrong] of Object.entries(refusals)) {
    it(`is not made of ${name}`, () =>
      assert.rejects(createPackage(wrong, { signers: [{ signer }] }), { code: 'suit.malformed' }));
  }

  it('is not made without a key', () =>
    assert.rejects(createPackage(packageContent, {}), { code: 'suit.unsigned' }));

  it('is refused after a change of any single byte', async () => {
    const small = { ...radio, payload: fromHex('0102') };
    const bytes = await createPackage({ sequence, components: [app, small] }, { signers: [{ signer }] });
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      assert.throws(() => verifyEnvelope(changed, policy), SlipwayError, `byte ${at}`);
    }
  });

  it('is refused with one payload for the other', async () => {
    const same = { ...radio, payload: app.payload.map((byte) => byte ^ 0xff) };
    const bytes = await createPackage({ sequence, components: [app, same] }, { signers: [{ signer }] });
    const swapped = await rewrite(bytes, signer, ({ envelope: map }) => {
      const [first, second] = [map.get('#firmware')!, map.get('#1-fw')!];
      map.set('#firmware', second).set('#1-fw', first);
    });
    assert.deepEqual(
      refused(() => verifyEnvelope(swapped, policy), 'suit.digest-mismatch'),
      { what: 'payload' },
    );
  });

  it('is refused without one of its payloads, named', async () => {
    const bytes = await rewrite(envelope, signer, ({ envelope: map }) => map.delete('#2-secure'));
    assert.deepEqual(
      refused(() => verifyEnvelope(bytes, policy), 'suit.payload-missing'),
      { uri: '#2-secure' },
    );
  });

  it('is refused where one component is never validated, or an index is beyond them', async () => {
    const unvalidated = await rewrite(envelope, signer, (parts) => parts.validate!.splice(4, 4));
    refused(() => verifyEnvelope(unvalidated, policy), 'suit.missing-condition');
    for (const argument of [3, [0, 3]]) {
      const beyond = await rewrite(envelope, signer, ({ shared }) => shared.push(12, argument));
      assert.deepEqual(
        refused(() => verifyEnvelope(beyond, policy), 'suit.component-index'),
        { index: 3, count: 3 },
      );
    }
  });
});

describe('severable members', () => {
  const severed = (bytes: Uint8Array, ...keys: number[]): Uint8Array => {
    const envelope = new Map((decodeCanonical(bytes, 'test') as CborTag).value as Map<CborValue, CborValue>);
    for (const key of keys) assert.ok(envelope.delete(key), `no member ${key}`);
    return encodeCanonical(new CborTag(107, envelope));
  };
  const options = { signers: [{ signer }], severable: true, fetchFirst: true };

  it('are digests in the manifest, checked where they are there', async () => {
    const bytes = await createPackage(packageContent, options);
    assert.equal(verifyEnvelope(bytes, policy).components.length, 3);
    const manifest = manifestOf(bytes);
    for (const key of [16, 23]) assert.equal((manifest.get(key) as CborValue[])[0], -16);
    // What is no longer than its digest stays.
    assert.ok(manifest.get(20) instanceof Uint8Array);
    const other = await rewrite(bytes, signer, ({ envelope: map }) => map.set(16, fromHex('821502')));
    assert.deepEqual(
      refused(() => verifyEnvelope(other, policy), 'suit.digest-mismatch'),
      { what: 'severable' },
    );
  });

  it('may be missing as a text, but not as commands, which are named', async () => {
    const fetching = await createPackage(packageContent, options);
    assert.equal(verifyEnvelope(severed(fetching, 23), policy).version, undefined);
    assert.deepEqual(
      refused(() => verifyEnvelope(severed(fetching, 16), policy), 'suit.member-missing'),
      { member: 'payload-fetch' },
    );
    const installing = await createPackage(packageContent, { ...options, fetchFirst: false });
    assert.deepEqual(
      refused(() => verifyEnvelope(severed(installing, 20), policy), 'suit.member-missing'),
      { member: 'install' },
    );
    assert.equal(peekEnvelope(severed(installing, 20)).components.length, 3);
  });
});

/** An envelope of one or more components whose sequences a tool wrote in another way. */
async function written(
  components: readonly ComponentContent[],
  sequences: {
    readonly shared?: CborValue[];
    readonly install: CborValue[];
    readonly validate?: CborValue[];
  },
  more: readonly (readonly [string, Uint8Array])[] = [],
): Promise<Uint8Array> {
  const bytes = await createPackage({ sequence, components }, { signers: [{ signer }] });
  return rewrite(bytes, signer, (parts) => {
    parts.envelope.delete(23);
    parts.manifest.delete(23);
    parts.manifest.delete(9);
    if (sequences.shared) parts.shared = sequences.shared;
    parts.install = sequences.install;
    parts.validate = sequences.validate ?? parts.validate;
    for (const [uri, payload] of more) parts.envelope.set(uri, payload);
  });
}

describe('commands of a manifest', () => {
  const digestOf = (payload: Uint8Array): Uint8Array => encodeCanonical(suitDigest(sha256(payload)));
  const wrapped = (...commands: CborValue[]): Uint8Array => encodeCanonical(commands);
  const override = (...entries: [number, CborValue][]): CborValue[] => [20, new Map(entries)];
  const identity: [number, CborValue][] = [
    [1, app.vendorId],
    [2, app.classId],
  ];
  const [imageA, imageB] = [new Uint8Array(20).fill(1), new Uint8Array(21).fill(2)];

  /** An image for each of two slots, as in the draft's template for A/B images. */
  const twoSlots = (last: CborValue[] = []): Promise<Uint8Array> => {
    const alternative = (slot: number, image: Uint8Array): Uint8Array =>
      wrapped(...override([5, slot]), 5, 5, ...override([3, digestOf(image)], [14, image.length]));
    const fetch = (slot: number, uri: string): Uint8Array => wrapped(...override([5, slot], [21, uri]), 5, 5);
    return written(
      [app],
      {
        shared: [
          ...override(...identity),
          1,
          15,
          2,
          15,
          15,
          [alternative(0, imageA), alternative(1, imageB), ...last],
        ],
        install: [15, [fetch(0, '#a'), fetch(1, '#firmware')], 21, 2, 3, 15],
      },
      [
        ['#a', imageA],
        ['#firmware', imageB],
      ],
    );
  };

  it('choose by slot which image is taken', async () => {
    const bytes = await twoSlots();
    assert.deepEqual(verifyEnvelope(bytes, { ...policy, slot: 0 }).payload, imageA);
    assert.deepEqual(verifyEnvelope(bytes, { ...policy, slot: 1 }).payload, imageB);
    assert.deepEqual(verifyEnvelope(bytes, policy).payload, imageA);
    assert.deepEqual(
      refused(() => verifyEnvelope(bytes, { ...policy, slot: 2 }), 'suit.condition-failed'),
      { condition: 'try-each', component: 'app' },
    );
  });

  it('may let every alternative fail, if the last is null', async () => {
    const bytes = await twoSlots([null]);
    // Then the parameters of the last alternative's override are missing.
    refused(() => verifyEnvelope(bytes, { ...policy, slot: 2 }), 'suit.condition-failed');
    assert.deepEqual(verifyEnvelope(bytes, { ...policy, slot: 1 }).payload, imageB);
  });

  it('check a slot outside of a try-each, and end there', async () => {
    const bytes = await written([app], {
      install: [...override([5, 1], [21, '#firmware']), 5, 15, 21, 2, 3, 15],
    });
    assert.equal(verifyEnvelope(bytes, { ...policy, slot: 1 }).sequence, 7);
    assert.deepEqual(
      refused(() => verifyEnvelope(bytes, { ...policy, slot: 0 }), 'suit.condition-failed'),
      { condition: 'slot', component: 'app' },
    );
  });

  it('check the device', async () => {
    const deviceId = new Uint8Array(16).fill(9);
    const bytes = await written([app], {
      install: [...override([24, deviceId], [21, '#firmware']), 24, 15, 21, 2, 3, 15],
    });
    assert.equal(verifyEnvelope(bytes, { ...policy, deviceId }).sequence, 7);
    assert.equal(verifyEnvelope(bytes, policy).sequence, 7);
    assert.deepEqual(
      refused(
        () => verifyEnvelope(bytes, { ...policy, deviceId: new Uint8Array(16) }),
        'suit.condition-failed',
      ),
      { condition: 'device', component: 'app' },
    );
  });

  it('write content, check it, and abort', async () => {
    const data = { ...radio, payload: fromHex('cafe') };
    const write = [12, 1, ...override([18, data.payload]), 18, 15];
    const fetch = [12, 0, ...override([21, '#firmware']), 21, 2, 3, 15];
    const withoutPayload = async (install: CborValue[]): Promise<Uint8Array> =>
      rewrite(await written([app, data], { install }), signer, ({ envelope }) => envelope.delete('#1-fw'));
    const bytes = await withoutPayload([...write, 6, 15, ...fetch]);
    assert.deepEqual(verifyEnvelope(bytes, policy).components[1]!.payload, data.payload);
    const other = await withoutPayload([...write, ...override([18, fromHex('00')]), 6, 15, ...fetch]);
    assert.equal(refused(() => verifyEnvelope(other, policy), 'suit.condition-failed').condition, 'content');
    const aborts = await withoutPayload([...write, 14, 15]);
    assert.equal(refused(() => verifyEnvelope(aborts, policy), 'suit.condition-failed').condition, 'abort');
  });

  it('copy and swap between components; what was only a source is not installed', async () => {
    for (const code of [22, 31]) {
      const staged = { ...radio, componentId: ['staging'], payload: app.payload };
      const bytes = await rewrite(
        await written([app, staged], {
          install: [
            ...[12, 1, ...override([21, '#firmware']), 21, 2, 3, 15],
            ...[12, 0, ...override([22, 1]), code, 15, 3, 15],
          ],
          validate: [12, 0, 3, 15],
        }),
        signer,
        ({ envelope }) => envelope.delete('#1-staging'),
      );
      const { components } = verifyEnvelope(bytes, policy);
      assert.deepEqual(
        components.map(({ componentId, payload }) => ({ componentId, payload })),
        [{ componentId: ['app'], payload: app.payload }],
      );
    }
  });

  it('refuse to copy from a component that has nothing, or is not there', async () => {
    const copy = async (source: number): Promise<Uint8Array> =>
      written([app, radio], { install: [...override([22, source]), 22, 15] });
    const [empty, beyond] = [await copy(1), await copy(2)];
    refused(() => verifyEnvelope(empty, policy), 'suit.payload-missing');
    refused(() => verifyEnvelope(beyond, policy), 'suit.component-index');
  });

  it('run sequences inside sequences, for all components or a list of them', async () => {
    const fetch = (index: number, uri: string): CborValue[] => [12, index, ...override([21, uri]), 21, 2];
    const bytes = await written([app, radio], {
      install: [32, wrapped(...fetch(1, '#1-fw')), 32, wrapped(...fetch(0, '#firmware')), 12, true, 3, 15],
      validate: [12, [0, 1], 3, 15],
    });
    assert.equal(verifyEnvelope(bytes, policy).components.length, 2);
  });

  it('let a soft failure end only its own sequence, a hard one everything', async () => {
    const tail = [...override([21, '#firmware']), 21, 2, 3, 15];
    const soft = await written([app], { install: [32, wrapped(...override([13, true]), 14, 15), ...tail] });
    assert.equal(verifyEnvelope(soft, policy).sequence, 7);
    const hard = await written([app], { install: [32, wrapped(14, 15), ...tail] });
    refused(() => verifyEnvelope(hard, policy), 'suit.condition-failed');
  });

  it('never let a try-each make up for a command that is malformed', async () => {
    const bytes = await written([app], { install: [15, [wrapped(29, 15), wrapped(21, 2)]] });
    refused(() => verifyEnvelope(bytes, policy), 'suit.unsupported');
  });

  it('nest only so deep', async () => {
    let inner = wrapped(21, 2);
    for (let depth = 0; depth < 9; depth++) inner = wrapped(32, inner);
    const bytes = await written([app], { install: [...override([21, '#firmware']), 32, inner, 3, 15] });
    assert.match(refused(() => verifyEnvelope(bytes, policy), 'suit.malformed').reason, /deeper/);
    refused(() => peekEnvelope(bytes), 'suit.malformed');
  });

  const malformed: Record<string, CborValue[]> = {
    'a try-each that is no array': [15, 1],
    'a try-each of what is no sequence': [15, [7]],
    'a slot condition without a slot': [5, 15],
    'a device condition without a device': [24, 15],
    'a check of content without content': [6, 15],
    'a write without content': [18, 15],
    'a copy without a source': [22, 15],
    'a swap without a source': [31, 15],
    'an index that is a text': [12, 'app'],
    'no index at all': [12, []],
    'a strict order that is a number': override([12, 1]),
    'a device id that is not a UUID': override([24, fromHex('00')]),
  };
  for (const [name, commands] of Object.entries(malformed)) {
    it(`are refused with ${name}`, async () => {
      const bytes = await written([app], { install: commands });
      refused(() => verifyEnvelope(bytes, policy), 'suit.malformed');
    });
  }

  it('count for nobody without a trusted key', async () => {
    const bytes = await twoSlots();
    refused(() => verifyEnvelope(bytes, { trustAnchors: [newSigner('Ed25519')] }), 'suit.untrusted-key');
  });
});
