import assert from 'node:assert/strict';
import { type Log, nullLog } from '../../../src/base/log';
import { BoardProfiles } from '../../../src/ui/board-profiles';
import { settle } from '../support/fake-clock';

/** What VS Code would keep, as JSON. */
class Memento {
  private readonly kept = new Map<string, string>();
  error: Error | undefined;

  get(key: string): unknown {
    const json = this.kept.get(key);
    return json === undefined ? undefined : JSON.parse(json);
  }

  update(key: string, value: unknown): Promise<void> {
    if (this.error) return Promise.reject(this.error);
    this.kept.set(key, JSON.stringify(value));
    return Promise.resolve();
  }
}

describe('profiles of boards', () => {
  it('are there again after a restart', () => {
    const memento = new Memento();
    const profiles = new BoardProfiles(memento, nullLog);
    assert.equal(profiles.get('sensor'), undefined);
    profiles.set('sensor', { szx: 6, window: 4 });
    profiles.set('lock', { szx: 2, window: 0 });
    profiles.set('sensor', { szx: 6, window: 0 });
    const restarted = new BoardProfiles(memento, nullLog);
    assert.deepEqual(restarted.get('sensor'), { szx: 6, window: 0 });
    assert.deepEqual(restarted.get('lock'), { szx: 2, window: 0 });
  });

  it('are forgotten one by one', async () => {
    const memento = new Memento();
    const profiles = new BoardProfiles(memento, nullLog);
    profiles.set('sensor', { szx: 6, window: 0 });
    profiles.set('lock', { szx: 2, window: 3 });
    await profiles.forget('sensor');
    await profiles.forget('nobody');
    const restarted = new BoardProfiles(memento, nullLog);
    assert.equal(restarted.get('sensor'), undefined);
    assert.deepEqual(restarted.get('lock'), { szx: 2, window: 3 });
  });

  it('of the boards that learned last are kept', () => {
    const profiles = new BoardProfiles(new Memento(), nullLog);
    for (let board = 0; board <= 200; board++) profiles.set(`board-${board}`, { szx: 6, window: 2 });
    assert.equal(profiles.get('board-0'), undefined);
    assert.ok(profiles.get('board-1'));
    assert.ok(profiles.get('board-200'));
  });

  it('that make no sense are none', () => {
    for (const profile of [
      null,
      4,
      {},
      { szx: 7, window: 1 },
      { szx: 6, window: -1 },
      { szx: 6, window: 1.5 },
    ]) {
      const memento = new Memento();
      void memento.update('slipway.boardProfiles', [
        ['sensor', profile],
        'noise',
        [3, { szx: 6, window: 1 }],
      ]);
      assert.equal(new BoardProfiles(memento, nullLog).get('sensor'), undefined);
    }
    const memento = new Memento();
    void memento.update('slipway.boardProfiles', 'noise');
    assert.equal(new BoardProfiles(memento, nullLog).get('sensor'), undefined);
  });

  it('that can not be kept are told to the log', async () => {
    const memento = new Memento();
    memento.error = new Error('disk full');
    const warnings: string[] = [];
    const log: Log = { ...nullLog, warn: (message) => void warnings.push(message) };
    new BoardProfiles(memento, log).set('sensor', { szx: 6, window: 4 });
    await settle();
    assert.match(warnings.join(), /sensor .* disk full/);
  });
});
