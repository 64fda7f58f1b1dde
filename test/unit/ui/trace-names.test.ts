import assert from 'node:assert/strict';
import type { TraceEntry } from '../../../src/coap/trace-recorder';
import { TraceNames } from '../../../src/ui/trace-names';
import { Desk } from '../integration/desk';

describe('The names of the trace’s boards', () => {
  it('are those that registered from there, also once they are gone, else the place', async () => {
    const desk = await Desk.open();
    const names = new TraceNames(desk.server);
    try {
      const board = await desk.board();
      const entry = desk.trace.entries.find(({ link }) => link === board.link.id)!;
      assert.equal(names.nameOf(entry), board.endpoint);
      desk.server.forget(board.endpoint);
      assert.equal(names.nameOf(entry), board.endpoint);
      const place = { link: 'serial:/dev/ttyUSB7', peer: { address: 'serial:/dev/ttyUSB7', port: 0 } };
      assert.equal(names.nameOf({ ...entry, ...place } satisfies TraceEntry), '/dev/ttyUSB7');
      const far = { link: 'udp://0.0.0.0:5683', peer: { address: '10.0.0.9', port: 5683 } };
      assert.equal(names.nameOf({ ...entry, ...far }), '10.0.0.9:5683');
      // Those of before are known to a view that is made later.
      await desk.board();
      const later = new TraceNames(desk.server);
      assert.equal(later.nameOf(entry), board.endpoint);
      later.dispose();
    } finally {
      names.dispose();
      desk.dispose();
    }
  });
});
