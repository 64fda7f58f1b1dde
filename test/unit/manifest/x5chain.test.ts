import { strict as assert } from 'node:assert';
import type { CertificateFault } from '../../../src/base/errors';
import { certificateUse } from '../../../src/manifest/certificate-extensions';
import { derValues } from '../../../src/manifest/der';
import { createPackage } from '../../../src/manifest/suit-encode';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { trustAnchorOfChain } from '../../../src/manifest/x5chain';
import { certificate, type CertificateWish } from './certificates';
import { content, newSigner, refused } from './support';

const at = new Date('2026-06-01');
const root = certificate({ subject: 'Root', ca: true, keyUsage: 0x04 });
const middle = certificate({ subject: 'Middle', issuer: root, ca: true, pathLength: 0, keyUsage: 0x04 });
const leaf = certificate({
  subject: 'Release',
  issuer: middle,
  keyUsage: 0x80,
  extendedUsage: '2b06010505070303',
});
const roots = { certificates: [certificate({ subject: 'Other', ca: true }).pem, root.pem], at };

describe('a chain of certificates', () => {
  it('leads from the signer to a root', () => {
    const anchor = trustAnchorOfChain([leaf.der, middle.der], roots);
    assert.deepEqual([anchor.keyId, anchor.algorithm], [leaf.signer.keyId, 'ESP256']);
    // With the root in it as well, or straight below it.
    assert.equal(trustAnchorOfChain([leaf.der, middle.der, root.der], roots).keyId, leaf.signer.keyId);
    const direct = certificate({ subject: 'Direct', issuer: root, ca: false });
    assert.equal(trustAnchorOfChain([direct.der], roots).keyId, direct.signer.keyId);
  });

  const issuedBy = (wish: Partial<CertificateWish>): Buffer[] => {
    const authority = certificate({ subject: 'Middle', issuer: root, ca: true, ...wish });
    return [certificate({ subject: 'Release', issuer: authority }).der, authority.der];
  };
  const leafOf = (wish: Partial<CertificateWish>): Buffer[] => [
    certificate({ subject: 'Release', issuer: middle, ...wish }).der,
    middle.der,
  ];
  const deep = certificate({ subject: 'Deep', issuer: middle, ca: true });
  const impostor = certificate({ subject: 'Middle', issuer: root, ca: true });
  const stranger = certificate({ subject: 'Stranger', ca: true });
  const falseRoot = certificate({ subject: 'Root', ca: true });
  const cases: [string, CertificateFault, string, Buffer[]][] = [
    ['whose signer’s has expired', 'expired', 'Release', leafOf({ to: new Date('2026-05-31') })],
    ['whose signer’s is for later', 'not-yet-valid', 'Release', leafOf({ from: new Date('2026-06-02') })],
    ['with an authority that has expired', 'expired', 'Middle', issuedBy({ to: new Date('2025-01-01') })],
    ['with an authority that is none', 'not-a-ca', 'Middle', issuedBy({ ca: false })],
    ['with an authority that may not certify', 'key-usage', 'Middle', issuedBy({ keyUsage: 0x80 })],
    ['whose signer may only certify', 'key-usage', 'Release', leafOf({ keyUsage: 0x04 })],
    ['whose signer is a web server', 'key-usage', 'Release', leafOf({ extendedUsage: '2b06010505070301' })],
    [
      'with an extension to be understood',
      'critical-extension',
      'Release',
      leafOf({ criticalExtension: '551d1e' }),
    ],
    [
      'that is longer than an authority allows',
      'path-too-long',
      'Middle',
      [certificate({ subject: 'Release', issuer: deep }).der, deep.der, middle.der],
    ],
    ['with the key of another under the issuer’s name', 'bad-signature', 'Release', [leaf.der, impostor.der]],
    ['in the wrong order', 'key-usage', 'Middle', [middle.der, leaf.der]],
    ['with a gap', 'unknown-issuer', 'Release', [leaf.der, root.der]],
    [
      'of a stranger',
      'unknown-issuer',
      'Release',
      [certificate({ subject: 'Release', issuer: stranger }).der],
    ],
    [
      'of another root of the same name',
      'bad-signature',
      'Release',
      [certificate({ subject: 'Release', issuer: falseRoot }).der],
    ],
    ['that is damaged', 'unreadable', '', [Buffer.from([0x30, 0])]],
  ];
  for (const [name, fault, subject, chain] of cases) {
    it(`is refused ${name}`, () => {
      assert.deepEqual(
        refused(() => trustAnchorOfChain(chain, roots), 'suit.untrusted-chain'),
        { subject, fault },
      );
    });
  }

  it('is refused when its root has expired, and without roots that can be read', () => {
    const old = certificate({ subject: 'Old', ca: true, to: new Date('2026-01-01') });
    const below = certificate({ subject: 'Below', issuer: old });
    const details = refused(
      () => trustAnchorOfChain([below.der], { certificates: [old.pem], at }),
      'suit.untrusted-chain',
    );
    assert.deepEqual(details, { subject: 'Old', fault: 'expired' });
    refused(() => trustAnchorOfChain([leaf.der], { certificates: ['no PEM'], at }), 'key.unreadable');
    refused(() => trustAnchorOfChain([leaf.der], { certificates: [], at }), 'suit.untrusted-chain');
  });
});

describe('a package signed with a certificate', () => {
  const { sequence, description: _, ...component } = content;
  const one = { sequence, components: [component] };
  let bytes: Uint8Array;
  before(async () => {
    bytes = await createPackage(one, { signers: [{ signer: leaf.signer, chain: [leaf.der, middle.der] }] });
  });

  it('is trusted for its root alone', () => {
    assert.equal(verifyEnvelope(bytes, { trustAnchors: [], roots }).keyId, leaf.signer.keyId);
  });

  it('is trusted for its key alone, too', () => {
    assert.equal(verifyEnvelope(bytes, { trustAnchors: [leaf.signer] }).keyId, leaf.signer.keyId);
  });

  it('is refused without either, and when the certificate has expired', () => {
    refused(() => verifyEnvelope(bytes, { trustAnchors: [newSigner('ESP256')] }), 'suit.untrusted-key');
    const later = { certificates: [root.pem], at: new Date('2050-01-01') };
    refused(() => verifyEnvelope(bytes, { trustAnchors: [], roots: later }), 'suit.untrusted-chain');
  });

  it('is not made with the certificate of another key', async () => {
    await assert.rejects(
      createPackage(one, { signers: [{ signer: newSigner('ESP256'), chain: [leaf.der] }] }),
      { code: 'suit.untrusted-chain', details: { subject: 'Release', fault: 'other-key' } },
    );
  });

  it('is refused after a change of any byte of its certificates', () => {
    const start = Buffer.from(bytes).indexOf(leaf.der);
    for (let at = start; at < start + leaf.der.length + middle.der.length; at += 7) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 1;
      assert.throws(() => verifyEnvelope(changed, { trustAnchors: [], roots }), { name: 'SlipwayError' });
      assert.throws(() => verifyEnvelope(changed, { trustAnchors: [leaf.signer] }), { name: 'SlipwayError' });
    }
  });
});

describe('DER', () => {
  it('is read value by value, and never beyond its end', () => {
    assert.deepEqual(
      derValues(Buffer.from('0201050401aa', 'hex')).map(({ tag }) => tag),
      [2, 4],
    );
    for (const hex of ['02', '0202aa', '1f0101', '0280', '0285000000000101', '028200']) {
      assert.throws(() => derValues(Buffer.from(hex, 'hex')), RangeError, hex);
    }
  });

  it('of a certificate tells its use', () => {
    assert.deepEqual(certificateUse(middle.der), {
      isCa: true,
      pathLength: 0,
      mayDigitallySign: false,
      maySignCertificates: true,
      unknownCritical: [],
    });
    assert.deepEqual(certificateUse(certificate({ subject: 'Bare' }).der), {
      isCa: false,
      unknownCritical: [],
    });
  });
});
