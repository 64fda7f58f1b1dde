import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type PeerResult, readmeFile, recordedResults, withTable } from '../../harness/peer-results';

const result: PeerResult = { program: 'libcoap', version: '4.3.1', tried: 'blocks', passed: 3, failed: 1 };
const begin = '<!-- Written by `npm run test:peers -- --record` -->';
const end = '<!-- End of what is written -->';

describe('what came of tests against other programs', () => {
  it('stands in the README as it was recorded', () => {
    const readme = readFileSync(readmeFile, 'utf8').replaceAll('\r\n', '\n');
    const results = recordedResults();
    assert.equal(withTable(readme, results), readme);
    assert.ok(results.length > 0);
  });

  it('is put between its marks, failures too', () => {
    const table = [
      '| program | what was tried | tests |',
      '| --- | --- | --- |',
      '| libcoap 4.3.1 | blocks | 3 passed, **1 failed** |',
    ].join('\n');
    const readme = `before\n${begin}\n\n${table}\n\n${end}\nafter`;
    assert.equal(withTable(`before\n${begin}\nwhat was there\n${end}\nafter`, [result]), readme);
    assert.equal(withTable(readme, [result]), readme);
  });

  it('needs marks', () => {
    assert.throws(() => withTable('nothing', [result]), /no place/);
    assert.throws(() => withTable(`${end} ${begin}`, [result]), /no place/);
  });
});
