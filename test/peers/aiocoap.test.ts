import assert from 'node:assert/strict';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { CoapTcpLink } from '../../src/link/coap-tcp/coap-tcp-link';
import { UdpLink } from '../../src/link/udp-link';
import { whenOpen } from '../../src/link/when-open';
import type { Board } from '../../src/lwm2m/board';
import type { UpdatePhase } from '../../src/update/types';
import { Desk } from '../unit/integration/desk';
import { until } from '../unit/support/until';
import { comparesWith } from './support/compares-with';
import { host } from './support/near-end';
import { needs } from './support/needs';
import { packageOf } from './support/package-of';
import type { Program } from './support/program';
import { pythonProgram, pythonVersion } from './support/python';

const deps = { clock, log: nullLog };

for (const [scheme, carrier] of [
  ['coap', 'UDP'],
  ['coap+tcp', 'TCP'],
] as const) {
  describe(`a board on aiocoap over ${carrier}: registration, reads, observations, update`, () => {
    needs('python');
    if (scheme === 'coap') needs('aiocoap-udp');
    comparesWith('aiocoap', () => pythonVersion('aiocoap'));
    let desk: Desk;
    let program: Program;
    let board: Board;

    beforeEach(async () => {
      desk = await Desk.open();
      const address = { host, port: 0 };
      const link = scheme === 'coap' ? new UdpLink(address, deps) : CoapTcpLink.listen(address, deps);
      desk.serve(link);
      await whenOpen(link);
      program = pythonProgram('aiocoap_board.py', `${scheme}://${host}:${link.boundPort}`, 'aio');
      await program.saysThat(/"registered", "code": "2.01 Created"/);
      board = await until(() => desk.server.boards.get('aio'), 'its registration');
    });
    afterEach(() => {
      program.dispose();
      desk.dispose();
    });

    it('registers with what it is', () => {
      const { lwm2mVersion, lifetime, contentFormats, objects } = board.registration;
      assert.deepEqual([lwm2mVersion, lifetime, contentFormats], ['1.1', 300, [110]]);
      assert.deepEqual(
        objects.map(({ objectId, instances }) => [objectId, instances]),
        [
          [3, [0]],
          [5, [0]],
        ],
      );
    });

    it('is read in the formats that it has', async () => {
      assert.equal(await board.readResource('/3/0/3'), '1.0.0');
      assert.deepEqual(
        await board.read('/5/0'),
        new Map([
          ['/5/0/3', 0],
          ['/5/0/5', 0],
          ['/5/0/9', 1],
        ]),
      );
      assert.equal(await board.readResource('/3/0/99'), undefined);
    });

    it('tells of State by notification alone, and hears when nobody wants to know any more', async () => {
      const observation = await board.observe('/5/0/3');
      await board.push('/5/0/0', packageOf('firmware 1.1.0', 3_000).bytes);
      await until(() => board.values.get('/5/0/3') === 2, 'the notification');
      observation.dispose();
      await program.saysThat(/"path": "\/5\/0\/3", "count": 0/);
    });

    it('is updated with 200 KB, and comes back with the new version', async () => {
      const pkg = packageOf('firmware 1.1.0', 200_000);
      const before = board.registration;
      const phases = new Set<UpdatePhase>();
      const states = new Set<number | undefined>();
      const job = desk.updates.start(board, pkg);
      job.onDidProgress(({ phase, state }) => {
        phases.add(phase);
        states.add(state);
      });
      const record = await job.finished;
      assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
      assert.deepEqual([record.fromVersion, record.toVersion, record.updateResult], ['1.0.0', '1.1.0', 1]);
      assert.ok(program.output.includes(`"sha256": "${pkg.sha256}"`), program.output);
      assert.deepEqual([...phases].at(-1), 'done');
      assert.ok(states.has(2), 'State 2 was not heard of');
      assert.notEqual(board.registration.id, before.id);
      assert.notEqual(board.registration.peer.port, before.peer.port);
    });

    it('answers 2.04 to a package that it refuses then, and we hear why', async () => {
      const record = await desk.push(board, packageOf('something else', 3_000));
      assert.deepEqual(
        [record.outcome, record.error?.code, record.updateResult],
        ['failed', 'update.rejected', 6],
      );
      assert.equal(await board.readResource('/3/0/3'), '1.0.0');
    });
  });
}
