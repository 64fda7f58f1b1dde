import { strict as assert } from 'node:assert';
import { fromHex } from '../../../src/base/hex';
import type { InspectionField } from '../../../src/image/inspection';
import { inspectEnvelope } from '../../../src/manifest/inspect-envelope';
import { trustAnchorFromPem } from '../../../src/manifest/public-key';
import { peekEnvelope } from '../../../src/manifest/suit-peek';
import { verifyEnvelope } from '../../../src/manifest/suit-verify';
import { refused } from './support';

/**
 * draft-ietf-suit-manifest-37, appendix B, example 2 (simultaneous download, installation, secure boot, severed
 * fields), signed with ES256 by the draft's public test key: what is left when install and text are severed, and
 * these two.
 */
const anchor = trustAnchorFromPem(
  `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhJaBGq4LqqvSYVcYnuzaJr6qi/Eb
bz/m4rVlnIXbwK07HypLbAmBMcCjbazR14vTgdzfsJwFLbM5kdtzOLSolg==
-----END PUBLIC KEY-----
`,
  'draft',
);
const members = `
  025873825824822f58206a5197ed8f9dccf733d1c89a359441708e070b4c6dcb9a1c2c82c6165f609b90584ad28443a10126a0f6584007
  3d8d80ca67d61cdf04d813c748b2de98fe786fc67b764431307c8dbcbe91dc6f762c2c4d7bb998ff9ead4798e03c8ee26b89ef7a9ad456
  9f6e187ce89e16c50358d1a80101020203585fa202818141000458568614a40150fa6b4a53d5ad5fdfbe9de663e4d41ffe02501492af14
  25695e48bf429b2d51f2ab45035824822f582000112233445566778899aabbccddeeff0123456789abcdeffedcba98765432100e1987d0
  010f020f047468747470733a2f2f6769742e696f2f4a4a596f6a074382030f094382170214822f5820cfa90c5c58595e7f5119a72f803f
  d0370b3e6abbec6315cd38f63135281bc49817822f5820302196d452bce5e8bfeaf71e395645ede6d365e63507a081379721eeecf00007`;
const install = `
  14583c8614a1157832687474703a2f2f6578616d706c652e636f6d2f766572792f6c6f6e672f706174682f746f2f66696c652f66696c65
  2e62696e1502030f`;
const text = `
  1759020ba165656e2d5553a20179019d2323204578616d706c6520323a2053696d756c74616e656f757320446f776e6c6f61642c20496e
  7374616c6c6174696f6e2c2053656375726520426f6f742c2053657665726564204669656c64730a0a2020202054686973206578616d70
  6c6520636f766572732074686520666f6c6c6f77696e672074656d706c617465733a0a202020200a202020202a20436f6d706174696269
  6c69747920436865636b20287b7b74656d706c6174652d636f6d7061746962696c6974792d636865636b7d7d290a202020202a20536563
  75726520426f6f7420287b7b74656d706c6174652d7365637572652d626f6f747d7d290a202020202a204669726d7761726520446f776e
  6c6f616420287b7b6669726d776172652d646f776e6c6f61642d74656d706c6174657d7d290a202020200a202020205468697320657861
  6d706c6520616c736f2064656d6f6e7374726174657320736576657261626c6520656c656d656e747320287b7b6f76722d736576657261
  626c657d7d292c20616e64207465787420287b7b6d616e69666573742d6469676573742d746578747d7d292e814100a2036761726d2e63
  6f6d0578525468697320636f6d706f6e656e7420697320612064656d6f6e7374726174696f6e2e20546865206469676573742069732061
  2073616d706c65207061747465726e2c206e6f742061207265616c206f6e652e`;
const compact = (hex: string): string => hex.replace(/\s/g, '');
const severed = fromHex(compact(`d86ba2${members}`));
const whole = fromHex(compact(`d86ba4${members}${install}${text}`));
const trust = { trustAnchors: [anchor] };

describe("the draft's example of severed fields", () => {
  it('is authentic with and without them', () => {
    assert.deepEqual(
      refused(() => verifyEnvelope(whole, trust), 'suit.payload-missing'),
      { uri: 'http://example.com/very/long/path/to/file/file.bin' },
    );
    assert.deepEqual(
      refused(() => verifyEnvelope(severed, trust), 'suit.member-missing'),
      { member: 'install' },
    );
  });

  it('says what it is, as far as the text is there', () => {
    const { description, vendorDomain, components } = peekEnvelope(whole);
    assert.match(description!, /^## Example 2: Simultaneous Download/);
    assert.deepEqual([vendorDomain, components.length, components[0]!.payloadBytes], ['arm.com', 1, 34768]);
    assert.equal(peekEnvelope(severed).description, undefined);
  });

  it('is refused with a change in a severed field, at each of its bytes', () => {
    for (let at = severed.length; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 1;
      assert.throws(() => peekEnvelope(changed), { name: 'SlipwayError' }, `byte ${at}`);
    }
  });

  it('is taken apart, with what is out of reach left open', () => {
    const verdicts = (bytes: Uint8Array): readonly string[] =>
      inspectEnvelope(bytes, trust).checks.map(({ verdict, missing }) => missing ?? verdict);
    const before = ['holds', 'holds', 'holds', 'holds', 'no number of a board'];
    assert.deepEqual(verdicts(whole), [...before, 'the payload is elsewhere']);
    assert.deepEqual(verdicts(severed), [...before, 'the install commands are severed']);
    const named = (fields: readonly InspectionField[]): readonly string[] =>
      fields.flatMap(({ name, children = [] }) => [name, ...named(children)]);
    const names = named(inspectEnvelope(whole, trust).fields);
    for (const name of ['suit-reference-uri', 'suit-parameter-uri', 'suit-text-component-description']) {
      assert.ok(names.includes(name), name);
    }
  });
});
