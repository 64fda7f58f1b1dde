import assert from 'node:assert/strict';
import { until } from '../support/until';
import { Desk, newKey } from './desk';

describe('Bootstrap of a virtual board from the factory', () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(() => desk.dispose());

  it('gives it the desk’s account and the key whose packages it takes', async () => {
    const phases: string[] = [];
    desk.bootstrap.onDidChange(({ phase }) => phases.push(phase));
    const board = await desk.board({}, 'fresh', { bootstrap: true });
    assert.deepEqual(phases, ['deleting', 'writing', 'finishing', 'done']);
    assert.equal(board.registration.lifetime, 600);
    assert.equal((await desk.push(board, await desk.package({ signer: newKey() }))).outcome, 'failed');
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('fails in a stated way where the board refuses an object, which it then does without', async () => {
    const gone = desk.board({ refusesObjects: [19] }, 'fresh', { bootstrap: true });
    gone.catch(() => undefined);
    const state = await until(
      () => [...desk.bootstrap.states.values()].find(({ phase }) => phase === 'failed'),
      'the failure',
    );
    assert.equal(state.error?.code, 'bootstrap.refused');
    assert.deepEqual(state.error?.details, { board: 'fresh', method: 'PUT', path: '/19/0', code: '4.04' });
    assert.equal(desk.server.boards.size, 0);
    desk.virtual.get('fresh')?.dispose();
    await assert.rejects(gone);
  }).timeout(15_000);
});
