import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, summary } from '../../harness/counts';

describe('what a test run is taken to have done', () => {
  let folder: string;
  let file: string;
  const results = (text: string): void => writeFileSync(file, text);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-counts-'));
    file = join(folder, 'results.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is its own counts when they agree with its exit code', () => {
    results('{"passed":3,"failed":0,"skipped":1}');
    assert.deepEqual(judge('unit', file, 0, false), { counts: { passed: 3, failed: 0, skipped: 1 } });
    results('{"passed":3,"failed":2,"skipped":0}');
    assert.deepEqual(judge('unit', file, 2, false), { counts: { passed: 3, failed: 2, skipped: 0 } });
  });

  it('is a failure without results, whatever the exit code', () => {
    assert.equal(judge('unit', file, 0, false).counts.failed, 1);
    results('{"passed":');
    assert.equal(judge('unit', file, 0, true).counts.failed, 1);
    results('{"passed":"many","failed":0,"skipped":0}');
    assert.equal(judge('unit', file, 0, true).counts.failed, 1);
  });

  it('is a failure when nothing ran, unless a filter was set', () => {
    results('{"passed":0,"failed":0,"skipped":4}');
    assert.equal(judge('unit', file, 0, false).counts.failed, 1);
    assert.equal(judge('unit', file, 0, true).counts.failed, 0);
  });

  it('is a failure when the runner failed after its tests passed', () => {
    results('{"passed":5,"failed":0,"skipped":0}');
    const { counts, complaint } = judge('unit', file, 7, false);
    assert.deepEqual(counts, { passed: 5, failed: 1, skipped: 0 });
    assert.match(complaint ?? '', /exit code is 7/);
  });

  it('is told in one plain line', () => {
    assert.equal(summary({ passed: 5, failed: 0, skipped: 0 }), '5 passed, 0 failed');
    assert.equal(summary({ passed: 5, failed: 1, skipped: 2 }), '5 passed, 1 failed, 2 skipped');
  });
});
