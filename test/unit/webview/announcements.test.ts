import assert from 'node:assert/strict';
import type { PanelBoard, PanelUpdate } from '../../../src/ui/panel-protocol';
import { announcement } from '../../../webview/announcements';

const update: PanelUpdate = {
  id: 'run',
  running: true,
  packageName: 'climate.suit',
  phase: 'Pushing',
  percent: 10,
  progressText: '10 %',
  figures: '',
  samples: [],
};
const board: PanelBoard = {
  name: 'climate',
  description: 'online · 1.0.0',
  online: true,
  machine: [],
  actions: [],
};

describe('announcements', () => {
  it('keep quiet on first sight and when another board is chosen', () => {
    assert.equal(announcement(undefined, { ...board, update }), undefined);
    assert.equal(announcement({ ...board, name: 'other' }, { ...board, update }), undefined);
  });

  it('tell of an update’s start and of each new phase', () => {
    assert.equal(announcement(board, { ...board, update }), 'Pushing');
    const rebooting = { ...update, phase: 'Waiting for the reboot' };
    assert.equal(
      announcement({ ...board, update }, { ...board, update: rebooting }),
      'Waiting for the reboot',
    );
  });

  it('tell of progress by the quarter, not by the block', () => {
    const at = (percent: number): PanelBoard => ({
      ...board,
      update: { ...update, percent, progressText: `${percent} %` },
    });
    assert.equal(announcement(at(10), at(24)), undefined);
    assert.equal(announcement(at(24), at(26)), '26 %');
    assert.equal(announcement(at(26), at(26)), undefined);
  });

  it('tell how it came out and what to do', () => {
    const news = { tone: 'bad', text: 'The board refused it.', remedy: 'Sign it.' } as const;
    assert.equal(announcement(board, { ...board, news }), 'The board refused it. Sign it');
    assert.equal(announcement({ ...board, news }, { ...board, news }), undefined);
  });

  it('tell when the board goes', () => {
    const offline = { ...board, online: false, description: 'offline · 1.0.0' };
    assert.equal(announcement(board, offline), 'offline · 1.0.0');
  });
});
