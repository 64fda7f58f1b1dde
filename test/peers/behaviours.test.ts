import assert from 'node:assert/strict';
import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { UdpLink } from '../../src/link/udp-link';
import { whenOpen } from '../../src/link/when-open';
import type { Board } from '../../src/lwm2m/board';
import { Desk } from '../unit/integration/desk';
import { until } from '../unit/support/until';
import { comparesWith } from './support/compares-with';
import { host } from './support/near-end';
import { needs } from './support/needs';
import { packageOf } from './support/package-of';
import type { Program } from './support/program';
import { pythonProgram, pythonVersion } from './support/python';

describe('a board on aiocoap that behaves as client stacks do that were seen', () => {
  needs('python', 'aiocoap-udp');
  comparesWith('aiocoap', () => pythonVersion('aiocoap'));
  let desk: Desk;
  let program: Program;

  beforeEach(async () => {
    desk = await Desk.open();
  });
  afterEach(() => {
    program.dispose();
    desk.dispose();
  });

  async function powerOn(behaviour: string): Promise<Board> {
    const link = new UdpLink({ host, port: 0 }, { clock, log: nullLog });
    desk.serve(link);
    await whenOpen(link);
    program = pythonProgram('aiocoap_board.py', `coap://${host}:${link.boundPort}`, 'aio', behaviour);
    return await until(() => desk.server.boards.get('aio'), 'its registration', 60_000);
  }

  for (const [behaviour, what] of [
    ['hint', '4.13 to blocks that are too large, with the size it wants'],
    ['no-hint', '4.13 to blocks that are too large, with nothing else'],
    ['smaller', '2.31 that asks for smaller blocks'],
    ['busy', '5.03 in the middle'],
    ['anew', '4.08 in the middle'],
    ['strict', '5.03 to all but the next block'],
    ['lossy', 'no notification that arrives'],
  ] as const) {
    it(`is updated over ${what}`, async () => {
      const board = await powerOn(behaviour);
      const pkg = packageOf('firmware 1.1.0', 20_000);
      const record = await desk.push(board, pkg);
      assert.deepEqual([record.outcome, record.error, record.toVersion], ['succeeded', undefined, '1.1.0']);
      assert.ok(program.output.includes(pkg.sha256), program.output);
    });
  }

  it('with 2.04 and only then the reason why not is a failed update', async () => {
    const board = await powerOn('late');
    const record = await desk.push(board, packageOf('firmware 1.1.0', 20_000));
    assert.deepEqual(
      [record.outcome, record.error?.code, record.updateResult],
      ['failed', 'update.rejected', 5],
    );
    assert.equal(await board.readResource('/3/0/3'), '1.0.0');
  });

  it('that holds on to a push that was given up is updated once it lets go', async () => {
    const board = await powerOn('strict');
    const abort = new AbortController();
    const onProgress = ({ bytesAcknowledged }: { bytesAcknowledged: number }): void => {
      if (bytesAcknowledged > 4_000) abort.abort();
    };
    const { bytes } = packageOf('firmware 1.1.0', 20_000);
    await assert.rejects(board.push('/5/0/0', bytes, { signal: abort.signal, onProgress }));
    await board.push('/5/0/0', bytes);
    await until(() => board.readResource('/5/0/3').then((state) => state === 2), 'State 2');
  });
});
