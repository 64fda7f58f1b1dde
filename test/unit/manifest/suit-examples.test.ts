import { strict as assert } from 'node:assert';
import { fromHex } from '../../../src/base/hex';
import { trustAnchorFromPem } from '../../../src/manifest/public-key';
import { peekEnvelope } from '../../../src/manifest/suit-peek';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { formatUuid } from '../../../src/manifest/uuid';
import { newSigner, refused } from './support';

/**
 * draft-ietf-suit-manifest-37, appendix B: the public test key, and examples 0 (secure boot) and 1 (download and
 * install), signed with ES256. Neither carries its payload, so verification goes as far as fetching it.
 */
const testKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhJaBGq4LqqvSYVcYnuzaJr6qi/Eb
bz/m4rVlnIXbwK07HypLbAmBMcCjbazR14vTgdzfsJwFLbM5kdtzOLSolg==
-----END PUBLIC KEY-----
`;
const common = `03585fa202818141000458568614a40150fa6b4a53d5ad5fdfbe9de663e4d41ffe02501492af1425695e48bf429b2d
  51f2ab45035824822f582000112233445566778899aabbccddeeff0123456789abcdeffedcba98765432100e1987d0010f020f`;
const example0 =
  fromHex(`d86ba2025873825824822f58206658ea560262696dd1f13b782239a064da7c6c5cbaf52fded428a6fc83c7e5af58
  4ad28443a10126a0f65840408d0816f9b510749bf6a51b066951e08a4438f849eb092a1ac768eed9de696c1b1dd35d82ef149e6a73a619
  76ad2cfe78444b8064293350a122f332cb49f0da035871a501010200${common}074382030f0943821702`);
const example1 =
  fromHex(`d86ba2025873825824822f58201f2e7acca0dc2786f2fe4eb947f50873a6a3cfaa98866c5b02e621f42074daf258
  4ad28443a10126a0f6584027a3d7986eddcc1bee04e1436746408c308ed3c15ac590a1ca0cf96f85671ccac216cb9a1497fc59e21c15f3
  3c95cf75203e25c287b31a57d6cd2ef950b27a7a035894a501010201${common}074382030f1458258614a115781b687474703a2f2f6578
  616d706c652e636f6d2f66696c652e62696e1502030f`);

describe("the draft's examples", () => {
  const anchor = trustAnchorFromPem(testKey, 'draft');

  it('are authentic: only their payload is missing', () => {
    assert.deepEqual(
      refused(() => verifyEnvelope(example0, { trustAnchors: [anchor] }), 'suit.payload-missing'),
      { uri: '' },
    );
    assert.deepEqual(
      refused(() => verifyEnvelope(example1, { trustAnchors: [anchor] }), 'suit.payload-missing'),
      { uri: 'http://example.com/file.bin' },
    );
  });

  it('are refused with another key', () => {
    refused(() => verifyEnvelope(example1, { trustAnchors: [newSigner('ESP256')] }), 'suit.bad-signature');
    refused(
      () => verifyEnvelope(example1, { trustAnchors: [newSigner('Ed25519')] }),
      'suit.algorithm-mismatch',
    );
  });

  it('are refused below a minimum sequence before anything is fetched', () => {
    refused(
      () => verifyEnvelope(example1, { trustAnchors: [anchor], minimumSequence: 2 }),
      'suit.sequence-too-low',
    );
  });

  it('say what they are', () => {
    const { vendorId, classId, components: _, ...rest } = peekEnvelope(example1);
    assert.equal(formatUuid(vendorId!), 'fa6b4a53-d5ad-5fdf-be9d-e663e4d41ffe');
    assert.equal(formatUuid(classId!), '1492af14-2569-5e48-bf42-9b2d51f2ab45');
    assert.deepEqual(rest, {
      sequence: 1,
      componentId: ['\0'],
      payloadBytes: 34768,
      signed: true,
      keyIds: [],
      encrypted: false,
      dialect: 'draft-37',
    });
  });
});
