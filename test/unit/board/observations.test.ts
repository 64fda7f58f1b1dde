import assert from 'node:assert/strict';
import { Emitter } from '../../../src/base/event';
import { Observations } from '../../../src/board/observations';
import type { CoapReply, Observer } from '../../../src/coap/endpoint';
import type { Peer } from '../../../src/link/link';
import { settle } from '../support/fake-clock';

class FakeObserver implements Observer {
  readonly notified: string[] = [];
  private readonly ended = new Emitter<void>();
  readonly onDidEnd = this.ended.event;

  notify(reply: CoapReply): void {
    this.notified.push(`${reply.code} ${Buffer.from(reply.payload ?? []).toString()}`);
  }

  end(): void {
    this.ended.fire();
  }
}

const server: Peer = { address: '192.0.2.1', port: 5683 };
const other: Peer = { address: '192.0.2.1', port: 5684 };

describe('Observations of the virtual board', () => {
  let count: number;
  let reads: string[];
  let observations: Observations;

  beforeEach(() => {
    count = 0;
    reads = [];
    observations = make(false);
  });

  function make(silent: boolean): Observations {
    return new Observations((path, accept) => {
      reads.push(`${path} ${accept}`);
      return { code: '2.05', payload: Buffer.from(`${path} ${++count}`) };
    }, silent);
  }

  function observe(path: string, peer = server, accept?: number): FakeObserver {
    const observer = new FakeObserver();
    observations.add(path, accept, observer, peer);
    return observer;
  }

  async function change(...paths: string[]): Promise<void> {
    observations.changed(paths);
    await settle(1);
  }

  it('tells of the resource, and what is below or above it', async () => {
    const observers = ['/5/0/3', '/5/0', '/5', '/5/0/5', '/3', '/50', '/5/0/33'].map((path) => observe(path));
    await change('/5/0/3');
    assert.deepEqual(
      observers.map(({ notified }) => notified.length),
      [1, 1, 1, 0, 0, 0, 0],
    );
    const below = observe('/5/0/8/0');
    await change('/5/0/8');
    assert.equal(below.notified.length, 1);
  });

  it('tells what the value is, in the format that was asked for', async () => {
    const observer = observe('/5/0/3', server, 112);
    await change('/5/0/3');
    assert.deepEqual(reads, ['/5/0/3 112']);
    assert.deepEqual(observer.notified, ['2.05 /5/0/3 1']);
  });

  it('tells once of changes that are made together, and again of later ones', async () => {
    const observer = observe('/5/0');
    observations.changed(['/5/0/3', '/5/0/5']);
    observations.changed(['/5/0/12']);
    assert.deepEqual(observer.notified, [], 'not within the change');
    await settle(1);
    assert.equal(observer.notified.length, 1);
    await change('/5/0/3');
    assert.equal(observer.notified.length, 2);
  });

  it('tells every peer that observes', async () => {
    const observers = [observe('/5/0/3', server), observe('/5/0/3', other)];
    await change('/5/0/3');
    assert.deepEqual(
      observers.map(({ notified }) => notified.length),
      [1, 1],
    );
  });

  it('replaces an observation of the same peer and path', async () => {
    const [before, now] = [observe('/5/0/3'), observe('/5/0/3')];
    before.end();
    await change('/5/0/3');
    assert.deepEqual([before.notified.length, now.notified.length], [0, 1]);
  });

  it('ends when the peer cancels it, that of others not', async () => {
    const [mine, also, theirs] = [observe('/5/0/3'), observe('/5/0/5'), observe('/5/0/3', other)];
    observations.cancel(server, '/5/0/3');
    await change('/5/0/3', '/5/0/5');
    assert.deepEqual(
      [mine, also, theirs].map(({ notified }) => notified.length),
      [0, 1, 1],
    );
  });

  it('ends when the observer ends, also between a change and its notification', async () => {
    const observer = observe('/5/0/3');
    observations.changed(['/5/0/3']);
    observer.end();
    await settle(1);
    await change('/5/0/3');
    assert.deepEqual([observer.notified, reads], [[], []]);
  });

  it('sends nothing with the fault of losing notifications', async () => {
    observations = make(true);
    const observer = observe('/5/0/3');
    await change('/5/0/3');
    assert.deepEqual([observer.notified, reads], [[], []]);
  });
});
