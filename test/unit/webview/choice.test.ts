import assert from 'node:assert/strict';
import type { PanelBoard } from '../../../src/ui/panel-protocol';
import { chosenBoard } from '../../../webview/choice';

function board(name: string, online: boolean, running?: boolean): PanelBoard {
  const update = {
    id: name,
    packageName: '',
    phase: '',
    percent: 0,
    progressText: '',
    figures: '',
    samples: [],
  };
  return {
    name,
    description: '',
    online,
    machine: [],
    actions: [],
    ...(running !== undefined && { update: { ...update, running } }),
  };
}

describe('choice of the board', () => {
  const [offline, online, updating] = [board('a', false), board('b', true, false), board('c', true, true)];

  it('is the one that was chosen, whatever the others do', () => {
    assert.equal(chosenBoard([offline, online, updating], 'a'), offline);
  });

  it('falls on one that is being updated, then on one that is online, then on the first', () => {
    assert.equal(chosenBoard([offline, online, updating], 'gone'), updating);
    assert.equal(chosenBoard([offline, online], undefined), online);
    assert.equal(chosenBoard([offline], undefined), offline);
    assert.equal(chosenBoard([], 'a'), undefined);
  });
});
