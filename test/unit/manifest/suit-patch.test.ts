import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { applyPatch } from '../../../src/image/delta/apply-patch';
import { createPatch } from '../../../src/image/delta/create-patch';
import { createPackage } from '../../../src/manifest/suit-encode';
import { bringsPatch, peekEnvelope } from '../../../src/manifest/suit-peek';
import { encodePatchInstall, patchRole } from '../../../src/manifest/suit-patch';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import type { ComponentPatch, PackageOptions, VerifyPolicy } from '../../../src/manifest/types';
import { fromHex, toHex } from '../../../src/base/hex';
import { content, refused, rfc8032Signer } from './support';

const base = Buffer.alloc(3000, 'base image ');
const target = Buffer.concat([base.subarray(0, 1000), Buffer.from('changed'), base.subarray(1000)]);
const patch: ComponentPatch = { base, bytes: createPatch(base, target) };

const { sequence, description, ...app } = content;
const component = { ...app, payload: target };

async function envelopeOf(given: ComponentPatch = patch, more: PackageOptions = {}): Promise<Uint8Array> {
  const signers = [{ signer: rfc8032Signer }];
  return await createPackage(
    { sequence, components: [component], patch: given, ...(description && { description }) },
    { signers, ...more },
  );
}

const policy: VerifyPolicy = {
  trustAnchors: [rfc8032Signer],
  vendorId: content.vendorId,
  classId: content.classId,
  running: base,
};

describe('a package that brings a patch', () => {
  it('is verified to the image that the patch makes of the one that runs', async () => {
    const bytes = await envelopeOf();
    const verified = verifyEnvelope(bytes, policy);
    assert.deepEqual(Buffer.from(verified.payload), target);
    assert.deepEqual(verified.componentId, app.componentId);
    assert.equal(verified.components.length, 1, 'base and patch are no images that it installs');
    assert.ok(bytes.length < target.length);
    assert.equal(bringsPatch(bytes), true);
    assert.equal(peekEnvelope(bytes).version, content.version);
  });

  it('installs by three digests, of base, patch and image', () => {
    const small: ComponentPatch = { base: Uint8Array.of(1, 2, 3), bytes: Uint8Array.of(4) };
    // Digests are SHA-256 of 010203 and of 04.
    const golden = fromHex(
      `
      96 # 22 items: eleven commands
      0c 01 # set-component-index: what runs
      14 a2 03 5824 822f5820 039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81 0e 03
      03 0f # condition-image-match
      0c 02 # the patch
      14 a3 03 5824 822f5820 e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71 0e 01
        15 66 237061746368 # URI #patch
      15 02 03 0f # fetch, and match
      0c 00 # the image
      14 a1 16 02 # source-component: the patch
      16 02 03 0f # copy, and match
    `.replace(/#.*/g, ''),
    );
    assert.equal(toHex(encodePatchInstall(small, 'draft-37')), toHex(golden));
  });

  it('takes nothing of a base of which only the digest is known: the image goes compressed', async () => {
    const sha256 = createHash('sha256').update(base).digest();
    const bytes = await envelopeOf({ base: { sha256 }, bytes: createPatch(new Uint8Array(), target) });
    assert.ok(bytes.length < target.length);
    // Whatever is there to take from, a board ends with the image.
    for (const running of [base, { sha256 }]) {
      assert.deepEqual(Buffer.from(verifyEnvelope(bytes, { ...policy, running }).payload), target);
    }
    refused(() => verifyEnvelope(bytes, { ...policy, running: target }), 'suit.wrong-base');
    // A patch that takes from the base can’t be shown to be good without it, so it is not signed.
    await assert.rejects(envelopeOf({ ...patch, base: { sha256 } }), { code: 'delta.wrong-base' });
    const install = toHex(encodePatchInstall({ base: { sha256 }, bytes: Uint8Array.of(4) }, 'draft-37'));
    const golden = `96 0c01 14 a1 03 5824 822f5820 ${toHex(sha256)} 030f 0c02 14`;
    assert.ok(install.startsWith(toHex(fromHex(golden))), 'a digest and no size');
  });

  it('is for one base alone, whose digest the refusal names', async () => {
    const bytes = await envelopeOf();
    const other = Buffer.alloc(3000, 'other');
    refused(() => verifyEnvelope(bytes, { ...policy, running: other }), 'suit.wrong-base');
    const { running: _, ...without } = policy;
    refused(() => verifyEnvelope(bytes, without), 'suit.unsupported');
  });

  it('is refused where its decoder would write more than there is room for', async () => {
    const bytes = await envelopeOf();
    refused(() => verifyEnvelope(bytes, { ...policy, capacity: target.length - 1 }), 'delta.too-large');
    verifyEnvelope(bytes, { ...policy, capacity: target.length });
  });

  it('is not made of a patch that gives another image', async () => {
    const other = createPatch(base, Buffer.from(target).fill(0, 0, 5));
    await assert.rejects(envelopeOf({ base, bytes: other }), { code: 'suit.digest-mismatch' });
    await assert.rejects(envelopeOf({ base, bytes: patch.bytes.subarray(0, 20) }), {
      code: 'delta.truncated',
    });
  });

  it('is refused when the patch in it was changed', async () => {
    const bytes = Buffer.from(await envelopeOf());
    const at = bytes.indexOf(Buffer.from(patch.bytes));
    assert.ok(at > 0);
    for (const offset of [0, 5, patch.bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at + offset]! ^= 1;
      refused(() => verifyEnvelope(changed, policy), 'suit.digest-mismatch');
    }
  });

  it('starts what was installed of it, if that is what the manifest says', async () => {
    const bytes = await envelopeOf();
    const { running: _, ...booting } = policy;
    const installed = applyPatch(base, patch.bytes, target.length);
    assert.deepEqual(Buffer.from(verifyEnvelope(bytes, { ...booting, installed }).payload), target);
    installed[7]! ^= 1;
    refused(() => verifyEnvelope(bytes, { ...booting, installed }), 'suit.digest-mismatch');
    refused(() => verifyEnvelope(bytes, { ...booting, installed: base }), 'suit.payload-size');
  });

  it('brings one image, in the clear', async () => {
    await assert.rejects(envelopeOf(patch, { fetchFirst: true }), { code: 'suit.malformed' });
    const two = { sequence, components: [component, { ...component, componentId: ['radio'] }], patch };
    const options = { signers: [{ signer: rfc8032Signer }] };
    await assert.rejects(createPackage(two, options), { code: 'suit.malformed' });
  });

  it('gives roles to components below an image only', () => {
    assert.equal(patchRole(['app', 'patch']), 'patch');
    assert.equal(patchRole(['app', 'running']), 'running');
    for (const id of [['patch'], ['running'], ['app'], []]) assert.equal(patchRole(id), undefined);
  });
});
