import assert from 'node:assert/strict';
import { boardRow } from '../../../src/ui/board-row';
import { sleepText } from '../../../src/ui/lwm2m-wording';
import { shownBoard } from './shown-board';

describe('A board in queue mode in the tree', () => {
  it('says that it sleeps, and how much waits for it', () => {
    assert.equal(sleepText(undefined), undefined);
    assert.equal(sleepText({ asleep: false, waiting: 0 }), undefined);
    assert.equal(sleepText({ asleep: true, waiting: 0 }), 'asleep');
    assert.equal(sleepText({ asleep: true, waiting: 1 }), 'asleep, 1 request waiting');
    assert.equal(sleepText({ asleep: true, waiting: 3 }), 'asleep, 3 requests waiting');
  });

  it('shows it on its row, unless it is offline', () => {
    const sleep = { asleep: true, waiting: 2 };
    const row = boardRow(shownBoard({ sleep }), undefined, undefined);
    assert.match(row.description ?? '', /^asleep, 2 requests waiting · /);
    assert.equal(row.icon, 'moon');
    assert.match(
      boardRow(shownBoard({ sleep, online: false }), undefined, undefined).description ?? '',
      /^offline/,
    );
  });
});
