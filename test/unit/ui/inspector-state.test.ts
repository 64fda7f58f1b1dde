import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { InspectionCheck } from '../../../src/image/inspection';
import type { InspectedFile } from '../../../src/manifest/inspect-file';
import { inspectorFile } from '../../../src/ui/inspector-state';

const holds: InspectionCheck = { rule: 'It is whole.', verdict: 'holds' };
const broken: InspectionCheck = {
  rule: 'The key is a trusted one.',
  verdict: 'broken',
  error: new SlipwayError('mcuboot.untrusted-key', { keyHash: 'ab'.repeat(32) }),
};
const unchecked: InspectionCheck = {
  rule: 'The signature is right.',
  verdict: 'not-checked',
  missing: 'a key',
};

function inspected(...checks: readonly InspectionCheck[]): InspectedFile {
  const fields = [{ name: 'header', value: '1.2.3', at: { offset: 0, length: 32 } }];
  return {
    inspection: { kind: 'MCUboot image', size: 2048, fields, checks },
    bytes: new Uint8Array(2048),
  };
}

describe('the state of the inspector', () => {
  it('has the fields as they are, and every check in words', () => {
    const file = inspectorFile('fw.bin', 3, { inspected: inspected(holds, broken, unchecked) });
    const { content } = file;
    assert.equal(file.name, 'fw.bin');
    assert.equal(file.revision, 3);
    assert.equal(file.refusal, undefined);
    assert.equal(content?.description, 'MCUboot image · 2.0 KiB');
    assert.equal(content.size, 2048);
    assert.equal(content.fields[0]?.name, 'header');
    const [good, bad, open] = content.checks;
    assert.deepEqual(good, { rule: 'It is whole.', verdict: 'holds', verdictText: 'holds' });
    assert.equal(bad?.verdictText, 'broken');
    assert.match(bad?.reason ?? '', /key/);
    assert.ok(bad?.remedy);
    assert.deepEqual(open, {
      rule: 'The signature is right.',
      verdict: 'not-checked',
      verdictText: 'not checked',
      reason: 'Missing: a key.',
    });
    assert.doesNotThrow(() => structuredClone(file), 'it can be sent to a page');
  });

  it('calls a file good only if every rule was checked and holds', () => {
    const tone = (...checks: readonly InspectionCheck[]): string | undefined =>
      inspectorFile('x', 1, { inspected: inspected(...checks) }).content?.outcome.tone;
    assert.equal(tone(holds, holds), 'good');
    assert.equal(tone(holds, unchecked), 'warning');
    assert.equal(tone(holds, unchecked, broken), 'bad');
    assert.equal(tone(), 'warning', 'nothing was checked');
  });

  it('says out of which file an image was taken', () => {
    const state = inspectorFile('x', 1, { inspected: { ...inspected(holds), container: 'Intel HEX' } });
    assert.equal(state.content?.description, 'MCUboot image · 2.0 KiB · out of a file of kind Intel HEX');
  });

  it('says why there is nothing to show, and what to do', () => {
    const error = new SlipwayError('image.not-inspectable', { file: 'a.zip', kind: 'ZIP archive' });
    const { content, refusal } = inspectorFile('a.zip', 1, { error });
    assert.equal(content, undefined);
    assert.match(refusal?.message ?? '', /a\.zip is neither .* ZIP archive/);
    assert.ok(refusal?.remedy);
    assert.match(inspectorFile('x', 1, { error: new Error('boom') }).refusal?.message ?? '', /boom/);
  });
});
