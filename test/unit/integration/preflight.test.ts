import assert from 'node:assert/strict';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';
import type { PreflightCheck } from '../../../src/update/preflight-checks';
import type { UpdateRecord } from '../../../src/update/types';
import { Desk, newKey, type PackageWish } from './desk';

describe('The checks before a push to a virtual board that tells its policy', function () {
  this.timeout(60_000);
  let desk: Desk;
  let asked: PreflightCheck[];
  let answer: () => Promise<boolean>;
  beforeEach(async () => {
    asked = [];
    answer = () => Promise.resolve(false);
    desk = await Desk.open({
      confirm: (warning) => {
        asked.push(warning);
        return answer();
      },
    });
  });
  afterEach(() => desk.dispose());

  async function push(
    wish: PackageWish,
  ): Promise<{ record: UpdateRecord; checks: readonly PreflightCheck[] }> {
    const board = desk.server.boards.get('board') ?? (await desk.board({}, 'board', { tellsPolicy: true }));
    const job = desk.updates.start(board, await desk.package(wish));
    const record = await job.finished;
    return { record, checks: job.progress.checks ?? [] };
  }
  const verdicts = (checks: readonly PreflightCheck[]): string[] =>
    checks.map(({ rule, verdict }) => `${rule} ${verdict}`);

  it('all pass for a package that it takes', async () => {
    const { record, checks } = await push({ sequence: 4 });
    assert.equal(record.outcome, 'succeeded', JSON.stringify(record.error));
    assert.deepEqual(
      verdicts(checks).filter((text) => !text.endsWith(' passed')),
      [],
    );
    assert.equal(checks.length, 9);
  });

  const elsewhere = vendorIdOf('example.org');
  const refusals: readonly (readonly [what: string, wish: PackageWish, code: string])[] = [
    ['another key', { signer: newKey() }, 'update.untrusted-key'],
    ['another vendor', { vendorId: elsewhere }, 'update.vendor-mismatch'],
    ['another class', { classId: classIdOf(elsewhere, 'x') }, 'update.class-mismatch'],
    ['more bytes than there is room for', { bytes: 1024 * 1024 }, 'update.too-large'],
  ];
  for (const [what, wish, code] of refusals) {
    it(`stop one with ${what} before the first byte`, async () => {
      const { record } = await push(wish);
      assert.deepEqual(
        [record.outcome, record.phase, record.error?.code, record.updateResult],
        ['failed', 'preflight', code, 0],
      );
      const board = desk.server.board('board');
      await board.read('/5/0');
      assert.deepEqual([board.values.get('/5/0/3'), board.values.get('/5/0/5')], [0, 0]);
    });
  }

  it('stop one with a sequence number below that of the image it runs', async () => {
    assert.equal((await push({ sequence: 9, version: '1.0.1' })).record.outcome, 'succeeded');
    const { record } = await push({ sequence: 8, version: '1.0.2' });
    assert.equal(record.error?.code, 'update.sequence-too-low');
    assert.deepEqual(record.error.details, { board: 'board', sequence: 8, minimum: 9 });
  });

  it('ask before an older version, and push it only if the user says so', async () => {
    assert.equal((await push({ sequence: 1, version: '2.0.0' })).record.outcome, 'succeeded');
    const refused = await push({ sequence: 2, version: '1.9.0' });
    assert.deepEqual(
      [refused.record.outcome, refused.record.phase, refused.record.error?.code],
      ['failed', 'preflight', 'update.downgrade'],
    );
    assert.deepEqual(
      asked.map(({ rule, ofPackage, ofBoard }) => [rule, ofPackage, ofBoard]),
      [['version', '1.9.0', '2.0.0']],
    );
    answer = () => Promise.resolve(true);
    const taken = await push({ sequence: 2, version: '1.9.0' });
    assert.deepEqual([taken.record.outcome, taken.record.toVersion], ['succeeded', '1.9.0']);
  });

  it('can be cancelled while the user is asked', async () => {
    assert.equal((await push({ sequence: 1, version: '2.0.0' })).record.outcome, 'succeeded');
    const job = desk.updates.start(
      desk.server.board('board'),
      await desk.package({ sequence: 2, version: '1.0.0' }),
    );
    answer = () => {
      job.cancel();
      return new Promise(() => undefined);
    };
    assert.equal((await job.finished).outcome, 'cancelled');
  });

  it('leave open what a board does not tell, and push', async () => {
    const board = await desk.board();
    const job = desk.updates.start(board, await desk.package());
    const record = await job.finished;
    assert.equal(record.outcome, 'succeeded', JSON.stringify(record.error));
    assert.deepEqual(
      verdicts(job.progress.checks ?? []).filter((text) => !text.endsWith(' passed')),
      ['sequence unknown', 'vendor unknown', 'class unknown', 'key unknown'],
    );
  });
});
