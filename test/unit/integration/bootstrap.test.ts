import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { triggerBootstrap } from '../../../src/lwm2m/bootstrap-trigger';
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
    assert.deepEqual([...new Set(phases)], ['deleting', 'writing', 'finishing', 'done']);
    assert.equal(board.registration.lifetime, 600);
    assert.equal((await desk.push(board, await desk.package({ signer: newKey() }))).outcome, 'failed');
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('is given another account when it is asked to ask for one (1/x/9)', async () => {
    const board = await desk.board({}, 'fresh', { bootstrap: true });
    const before = board.registration.id;
    let again = 0;
    desk.bootstrap.onDidChange(({ phase }) => (again += phase === 'done' ? 1 : 0));
    await triggerBootstrap(board, new AbortController().signal);
    await until(() => board.online && board.registration.id !== before, 'the board with its new account');
    assert.equal(again, 1);
    assert.equal((await desk.push(board, await desk.package())).outcome, 'succeeded');
  });

  it('can’t be asked again where the board has no such resource', async () => {
    const board = await desk.board({}, 'plain');
    await assert.rejects(triggerBootstrap(board, new AbortController().signal), (error) =>
      SlipwayError.is(error, 'bootstrap.no-trigger'),
    );
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
