import assert from 'node:assert/strict';
import type { PanelRecord } from '../../../src/ui/panel-protocol';
import { cellText, columns, shortHash, timeText } from '../../../webview/history-format';
import { olderRunsText } from '../../../webview/words';

const record: PanelRecord = {
  id: '1',
  startedAt: '2025-05-12T09:40:13.000Z',
  board: 'climate',
  package: 'climate.suit',
  versions: '1.0.0 → 1.0.1',
  size: '43.0 KiB',
  duration: '31 s',
  rate: '',
  retransmissions: 0,
  sha256: 'ab'.repeat(32),
  outcome: 'Succeeded',
  tone: 'good',
};

describe('history', () => {
  it('has a text for every cell, a dash where there is nothing to say', () => {
    assert.ok(columns.every((column) => cellText(record, column) !== ''));
    assert.equal(cellText(record, 'rate'), '–');
    assert.equal(cellText(record, 'retransmissions'), '0');
    assert.equal(cellText(record, 'versions'), '1.0.0 → 1.0.1');
  });

  it('writes times in the reader’s way and zone, and leaves what is no time', () => {
    // Between the time and AM some versions of ICU put a narrow space.
    const english = timeText(record.startedAt, 'en-US', 'UTC').replace(/\s/g, ' ');
    assert.equal(english, 'May 12, 2025, 9:40 AM');
    assert.equal(timeText(record.startedAt, 'de-DE', 'UTC'), '12.05.2025, 09:40');
    assert.equal(timeText('yesterday'), 'yesterday');
  });

  it('shortens hashes and counts what is left out', () => {
    assert.equal(shortHash(record.sha256), 'abababababab…');
    assert.equal(shortHash('abc'), 'abc');
    assert.match(olderRunsText(1), /^1 older run is /);
    assert.match(olderRunsText(3), /^3 older runs are /);
  });
});
