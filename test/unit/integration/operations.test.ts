import assert from 'node:assert/strict';
import type { Board } from '../../../src/lwm2m/board';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { until } from '../support/until';
import { Desk } from './desk';

const resources = new Map<string, ResourceValue>([
  ['0/0', Uint8Array.of(1, 2)],
  ['3', 'notes'],
]);

for (const [carrier, connect] of [
  ['a serial line', (desk: Desk) => desk.board()],
  ['UDP', (desk: Desk) => desk.boardOverUdp()],
] as readonly (readonly [string, (desk: Desk) => Promise<Board>])[]) {
  describe(`Every operation on the virtual board over ${carrier}`, () => {
    let desk: Desk;
    let board: Board;

    beforeEach(async () => {
      desk = await Desk.open();
      board = await connect(desk);
    });
    afterEach(() => desk.dispose());

    it('reads, writes and observes several places at once', async () => {
      const values = await board.readComposite(['/3/0/3', '/5/0', '/99']);
      assert.equal(values.get('/3/0/3'), '1.0.0');
      assert.equal(values.get('/5/0/3'), 0);
      const observation = await board.observeComposite(['/1/0/2', '/1/0/3']);
      await board.writeComposite(
        new Map([
          ['/1/0/2', 7],
          ['/1/0/3', 99],
        ]),
      );
      await until(
        () => board.values.get('/1/0/2') === 7 && board.values.get('/1/0/3') === 99,
        'the notification',
      );
      observation.dispose();
    });

    it('writes all of a composite or nothing', async () => {
      await assert.rejects(
        board.writeComposite(
          new Map<string, ResourceValue>([
            ['/1/0/2', 7],
            ['/5/0/3', 1],
          ]),
        ),
        {
          code: 'coap.response',
          details: { method: 'iPATCH', path: '/', code: '4.05' },
        },
      );
      assert.equal(await board.readResource('/1/0/2'), 0);
    });

    it('creates, replaces, changes in part and deletes an instance, and hears of it in the registration', async () => {
      assert.equal(await board.create(19, resources, { instanceId: 5 }), 5);
      // 60000 is the board's own: what it says of patches.
      await until(() => board.instancesOf(19).join() === '5,60000', 'the update of the registration');
      assert.equal(await board.create(19, resources), 0);
      await until(() => board.instancesOf(19).join() === '0,5,60000', 'the next update');
      await board.writeAll('/19/5', new Map([['/19/5/4', 'raw']]), 'update');
      await board.writeAll('/19/5/0/7', new Map([['/19/5/0/7', Uint8Array.of(9)]]), 'replace');
      assert.deepEqual(
        await board.read('/19/5'),
        new Map<string, ResourceValue>([
          ['/19/5/0/0', Uint8Array.of(1, 2)],
          ['/19/5/3', 'notes'],
          ['/19/5/4', 'raw'],
          ['/19/5/0/7', Uint8Array.of(9)],
        ]),
      );
      await board.writeAll('/19/5', new Map([['/19/5/0/0', Uint8Array.of(3)]]), 'replace');
      assert.deepEqual(await board.read('/19/5'), new Map([['/19/5/0/0', Uint8Array.of(3)]]));
      await assert.rejects(board.create(19, resources, { instanceId: 5 }), { code: 'coap.response' });
      await assert.rejects(board.create(19, new Map([['3', 'x']])), { code: 'coap.response' });
      await assert.rejects(board.create(3, new Map([['3', 'x']])), { code: 'coap.response' });
      await assert.rejects(board.delete('/3/0'), { code: 'coap.response' });
      await board.delete('/19/5');
      await until(() => board.instancesOf(19).join() === '0,60000', 'the last update');
      assert.equal(
        [...board.values.keys()].some((path) => path.startsWith('/19/5')),
        false,
      );
    });

    it('takes what it sends', async () => {
      await desk.virtual.get('board')?.send(['/3/0/0', '/3/0/3']);
      assert.equal(board.values.get('/3/0/3'), '1.0.0');
      assert.equal(board.values.get('/3/0/0'), 'Slipway');
    });

    it('sets attributes and finds them', async () => {
      await board.writeAttributes('/1/0/2', { pmin: 1, pmax: 60, gt: 5 });
      await board.writeAttributes('/1/0/2', { pmin: null });
      const link = (await board.discover('/1/0')).find(({ path }) => path === '/1/0/2');
      assert.deepEqual(link?.attributes, { pmax: '60', gt: '5' });
    });
  });
}

describe('A virtual board that sleeps', () => {
  it('gets what waited, and a push, when it wakes', async () => {
    const desk = await Desk.open();
    try {
      const board = await desk.board({}, 'board', { awakeMs: 60_000 });
      const far = desk.virtual.get('board')!;
      assert.equal(board.registration.queueMode, true);
      desk.awakeMs = 1;
      await board.read('/3/0/3');
      await until(() => board.sleep?.asleep, 'its sleep');
      far.sleep();
      desk.awakeMs = 60_000;
      const reading = board.read('/3/0/0');
      const pushing = desk.push(board, await desk.package());
      await until(() => board.sleep?.waiting === 2, 'two that wait');
      far.wake();
      assert.equal((await reading).get('/3/0/0'), 'Slipway');
      assert.equal((await pushing).outcome, 'succeeded');
    } finally {
      desk.dispose();
    }
  });
});
