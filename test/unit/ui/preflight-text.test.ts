import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { PreflightCheck, PreflightRule } from '../../../src/update/preflight-checks';
import { preflightLine, preflightText } from '../../../src/ui/preflight-text';

const rules: readonly PreflightRule[] = [
  'object',
  'state',
  'delivery',
  'room',
  'version',
  'sequence',
  'vendor',
  'class',
  'key',
];

describe('words for the checks before a push', () => {
  it('say each what is known, and where it is laid down', () => {
    const line = (check: PreflightCheck): string => preflightLine(check);
    assert.equal(
      line({ rule: 'object', verdict: 'passed' }),
      '✓ Firmware Update: The board offers object 5.',
    );
    assert.equal(
      line({ rule: 'state', verdict: 'passed', ofBoard: 0 }),
      '✓ State: Idle: a package can begin.',
    );
    assert.equal(line({ rule: 'delivery', verdict: 'passed', ofBoard: 'push' }), '✓ Delivery: It is pushed.');
    assert.equal(
      line({ rule: 'room', verdict: 'passed', ofPackage: 2048, ofBoard: 4096 }),
      '✓ Room: 2.0 KiB of 4.0 KiB.',
    );
    assert.equal(
      line({ rule: 'version', verdict: 'passed', ofPackage: '1.1.0', ofBoard: '1.0.0' }),
      '✓ Version: 1.0.0 → 1.1.0.',
    );
    assert.equal(
      line({ rule: 'version', verdict: 'unknown', ofPackage: 'main', ofBoard: '1.0.0' }),
      '? Version: 1.0.0 and main can’t be put in order.',
    );
    assert.equal(
      line({ rule: 'sequence', verdict: 'unknown', ofPackage: 7 }),
      '? Sequence number: The board does not tell its number; the package has 7.',
    );
    const error = new SlipwayError('update.downgrade', { board: 'b', version: '1.0.0', running: '2.0.0' });
    const warning: PreflightCheck = { rule: 'version', verdict: 'warning', error };
    assert.equal(line(warning), '! Version: b runs 2.0.0, and the package has the older 1.0.0.');
    assert.match(preflightText(warning).remedy ?? '', /anyway/);
  });

  it('are there for every rule and verdict, each with its clause', () => {
    const titles = new Set<string>();
    for (const rule of rules) {
      for (const verdict of ['passed', 'unknown'] as const) {
        for (const ofBoard of verdict === 'passed' ? ['push'] : [undefined]) {
          const {
            title,
            explanation,
            rule: clause,
            verdict: word,
          } = preflightText({
            rule,
            verdict,
            ofPackage: 'x',
            ...(ofBoard && { ofBoard }),
          });
          titles.add(title);
          assert.equal(word, verdict);
          assert.match(explanation, /\.$/);
          assert.doesNotMatch(explanation, /undefined|\{\d\}/);
          assert.match(clause, /OMA|LwM2M|draft-ietf/);
        }
      }
    }
    assert.equal(titles.size, rules.length);
  });
});
