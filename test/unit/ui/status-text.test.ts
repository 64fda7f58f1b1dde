import assert from 'node:assert/strict';
import { statusText } from '../../../src/ui/status-text';
import { boardsSource, shownBoard, updateProgress, updateRecord } from './shown-board';

const desk = shownBoard({ values: { '/3/0/3': '1.0.0' } });
const other = shownBoard({ name: 'desk-2' });

describe('the status bar', () => {
  it('counts boards, and names the only one', () => {
    assert.equal(statusText(boardsSource(), true, undefined).text, '$(plug) No board');
    assert.equal(
      statusText(boardsSource({ boards: [desk] }), true, undefined).text,
      '$(circuit-board) desk-1 1.0.0',
    );
    const both = statusText(boardsSource({ boards: [desk, other] }), true, undefined);
    assert.deepEqual([both.text, both.tooltip], ['$(circuit-board) 2 boards', 'desk-1 1.0.0\ndesk-2']);
    const offline = shownBoard({ online: false });
    assert.equal(statusText(boardsSource({ boards: [offline] }), true, undefined).text, '$(plug) No board');
  });

  it('says when the server is stopped', () => {
    assert.equal(
      statusText(boardsSource({ boards: [desk] }), false, undefined).text,
      '$(circle-slash) Slipway',
    );
  });

  it('shows an update, its progress in it', () => {
    const progress = { 'desk-1': updateProgress({ remainingMs: 12_000 }) };
    assert.deepEqual(statusText(boardsSource({ boards: [desk, other], progress }), true, undefined), {
      text: '$(sync~spin) 43 % · 11.2 kB/s',
      tooltip: 'desk-1: Pushing, 12 s left',
      kind: 'normal',
    });
  });

  it('says that a board is silent during a push, and not so while it fetches', () => {
    const textOf = (phase: 'push' | 'pull'): string => {
      const progress = { 'desk-1': updateProgress({ phase, bytesPerSecond: 0 }) };
      return statusText(boardsSource({ boards: [desk], progress }), true, undefined).text;
    };
    assert.deepEqual(
      [textOf('push'), textOf('pull')],
      ['$(sync~spin) 43 % · no answer yet', '$(sync~spin) 43 %'],
    );
  });

  it('counts updates when there are several, each with its progress below', () => {
    const progress = { 'desk-1': updateProgress(), 'desk-2': updateProgress({ phase: 'reboot' }) };
    const { text, tooltip } = statusText(boardsSource({ boards: [desk, other], progress }), true, undefined);
    assert.equal(text, '$(sync~spin) 2 updates');
    assert.equal(tooltip, 'desk-1: 43 % · 11.2 kB/s\ndesk-2: Waiting for the reboot');
  });

  it('tells the end of an update, but not that the user cancelled it', () => {
    const source = boardsSource({ boards: [desk] });
    assert.equal(statusText(source, true, updateRecord()).text, '$(check) desk-1 1.0.1');
    const failed = statusText(source, true, updateRecord({ outcome: 'failed' }));
    assert.deepEqual([failed.text, failed.kind], ['$(error) desk-1: failed', 'error']);
    const cancelled = statusText(source, true, updateRecord({ outcome: 'cancelled' }));
    assert.equal(cancelled.text, '$(circuit-board) desk-1 1.0.0');
    const gone = statusText(source, true, updateRecord({ board: 'desk-9' }));
    assert.equal(gone.text, '$(circuit-board) desk-1 1.0.0');
  });
});
