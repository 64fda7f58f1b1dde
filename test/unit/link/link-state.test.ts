import assert from 'node:assert/strict';
import type { LinkState } from '../../../src/link/link';
import { type LinkEvent, nextLinkState } from '../../../src/link/link-state';

describe('link states', () => {
  const events: LinkEvent[] = ['opened', 'failed', 'lost', 'release', 'retake', 'dispose'];
  const table: Record<LinkState, LinkState[]> = {
    opening: ['open', 'waiting', 'opening', 'released', 'opening', 'closed'],
    open: ['open', 'open', 'waiting', 'released', 'open', 'closed'],
    waiting: ['open', 'waiting', 'waiting', 'released', 'waiting', 'closed'],
    released: ['released', 'released', 'released', 'released', 'opening', 'closed'],
    closed: ['closed', 'closed', 'closed', 'closed', 'closed', 'closed'],
  };
  for (const [state, targets] of Object.entries(table) as [LinkState, LinkState[]][]) {
    it(`from ${state}`, () => {
      assert.deepEqual(
        events.map((event) => nextLinkState(state, event)),
        targets,
      );
    });
  }
});
