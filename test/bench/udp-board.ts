import { systemClock as clock } from '../../src/base/clock';
import { nullLog } from '../../src/base/log';
import { UdpLink } from '../../src/link/udp-link';
import { whenOpen } from '../../src/link/when-open';
import { BenchBoard } from './board';

/** A board on UDP in a process of its own: tells its port, then its digest whenever it is asked. */
async function main(): Promise<void> {
  const link = new UdpLink({ host: '127.0.0.1', port: 0 }, { clock, log: nullLog });
  await whenOpen(link);
  const board = new BenchBoard(link, { clock });
  process.on('message', () => process.send?.({ digest: board.takeDigest() }));
  process.on('disconnect', () => process.exit());
  process.send?.({ port: link.boundPort });
}

void main();
