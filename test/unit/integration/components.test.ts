import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { Faults } from '../../../src/board/faults';
import { encodeAppInfo } from '../../../src/image/app-info';
import type { Board } from '../../../src/lwm2m/board';
import { createPackage } from '../../../src/manifest/suit-encode';
import { endError } from '../../../src/ui/firmware-steps';
import { preflightLine, preflightText } from '../../../src/ui/preflight-text';
import { errorText } from '../../../src/ui/wording';
import type { ComponentsUpdateOptions } from '../../../src/update/components-update';
import type { ComponentPackage } from '../../../src/update/firmware-components';
import { toUpdatePackage } from '../../../src/update/package-file';
import type { UpdatePackage, UpdatePhase, UpdateRecord } from '../../../src/update/types';
import { until } from '../support/until';
import { Desk, classId, newKey, vendorId } from './desk';

type Parts = ComponentsUpdateOptions['parts'];

const application = (pkg: UpdatePackage): ComponentPackage => ({
  instance: 0,
  name: 'application',
  package: pkg,
});
const radio = (pkg: UpdatePackage): ComponentPackage => ({ instance: 1, name: 'radio', package: pkg });

describe('An update of several components', function () {
  this.timeout(60_000);
  let desk: Desk;
  let board: Board;

  afterEach(() => desk.dispose());

  async function open(faults: Faults = {}): Promise<void> {
    desk = await Desk.open();
    board = await desk.board(faults, 'board', { components: true });
  }

  async function push(...parts: Parts): Promise<UpdateRecord> {
    return await desk.updates.startComponents(board, parts).finished;
  }

  /** State, Update Result and Current Version of application and radio. */
  async function shown(): Promise<readonly unknown[]> {
    await until(() => board.online, 'the board');
    const values = await board.read('/33629');
    return [0, 1].map((instance) => [3, 5, 15].map((id) => values.get(`/33629/${instance}/${id}`)));
  }

  it('succeeds where a board is in its reboot before it answers to Update', async () => {
    await open();
    const execute = board.execute.bind(board);
    board.execute = async (path, args, options) => {
      await execute(path, args, options);
      if (path === '/33629/1/2') throw new SlipwayError('lwm2m.offline', { board: 'board' });
    };
    const record = await push(radio(await desk.package({ version: '1.1.0' })));
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
  });

  it('ends at once where a board restarts with a package that it had not accepted yet', async () => {
    await open();
    const pushPackage = board.push.bind(board);
    board.push = async (...args) => {
      const result = await pushPackage(...args);
      const { id } = board.registration;
      await board.execute('/3/0/4');
      await board.whenRegistered(id);
      return result;
    };
    const record = await push(radio(await desk.package({ version: '1.1.0' })));
    assert.deepEqual([record.outcome, record.error?.code], ['failed', 'update.board-lost']);
  });

  /** A package with an image for the application, and one for the radio. */
  async function combined(version: string): Promise<UpdatePackage> {
    const target = { vendorId, classId };
    const image = (of: string): Uint8Array =>
      Buffer.concat([encodeAppInfo({ version, banner: of }), Buffer.alloc(2000, 0x5a)]);
    const bytes = await createPackage(
      {
        sequence: 1,
        components: [
          { ...target, componentId: ['app'], payload: image('app'), version },
          { ...target, componentId: ['radio'], payload: image('radio'), version },
        ],
      },
      { signers: [{ signer: desk.signer }] },
    );
    return toUpdatePackage('both.suit', bytes);
  }

  it('goes to one after another and is started for all of them at once', async () => {
    await open();
    assert.deepEqual(await shown(), [
      [0, 0, '1.0.0'],
      [0, 0, '1.0.0'],
    ]);
    const first = await desk.package({ version: '2.0.0' });
    const second = await desk.package({ version: '2.1.0', bytes: 9000 });
    const job = desk.updates.startComponents(board, [application(first), radio(second)]);
    const phases: UpdatePhase[] = [];
    const sent: number[] = [];
    job.onDidProgress(({ phase, bytesSent }) => {
      if (phases.at(-1) !== phase) phases.push(phase);
      sent.push(bytesSent);
    });
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.deepEqual(phases, [
      ...['preflight', 'push', 'downloaded', 'push', 'downloaded'],
      ...['apply', 'reboot', 'confirm', 'done'],
    ]);
    assert.deepEqual(
      sent.toSorted((a, b) => a - b),
      sent,
      'bytes add up',
    );
    assert.equal(sent.at(-1), first.bytes.length + second.bytes.length);
    assert.deepEqual(
      [record.kind, record.instances, record.fromVersion, record.toVersion, record.bytes],
      [
        'components',
        [0, 1],
        'application 1.0.0, radio 1.0.0',
        'application 2.0.0, radio 2.1.0',
        first.bytes.length + second.bytes.length,
      ],
    );
    assert.deepEqual(await shown(), [
      [0, 1, '2.0.0'],
      [0, 1, '2.1.0'],
    ]);
    assert.equal(await board.readResource('/3/0/3'), '2.0.0');
  });

  for (const [name, part] of [
    ['application', application],
    ['radio', radio],
  ] as const) {
    it(`may be of one of them: ${name}`, async () => {
      await open();
      const record = await push(part(await desk.package({ version: '1.5.0' })));
      assert.deepEqual(
        [record.outcome, record.error, record.toVersion],
        ['succeeded', undefined, `${name} 1.5.0`],
      );
      const versions = (await shown()).map((component) => (component as readonly unknown[])[2]);
      assert.deepEqual(versions, name === 'radio' ? ['1.0.0', '1.5.0'] : ['1.5.0', '1.0.0']);
    });
  }

  it('takes components along that one package is for', async () => {
    await open();
    const record = await push(application(await combined('3.0.0')));
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.deepEqual(await shown(), [
      [0, 1, '3.0.0'],
      [0, 1, '3.0.0'],
    ]);
  });

  it('leaves alone what somebody else has downloaded', async () => {
    await open();
    await board.push('/33629/1/0', (await desk.package({ version: '1.9.0' })).bytes);
    await until(async () => (await board.readResource('/33629/1/3')) === 2, 'the radio’s package');
    const record = await push(application(await desk.package({ version: '1.1.0' })));
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.equal(await board.readResource('/33629/1/15'), '1.0.0');
  });

  it('lets the board pull the packages where that is wanted', async () => {
    desk = await Desk.open({ delivery: 'pull' });
    board = await desk.board({}, 'board', { components: true });
    const first = await desk.package({ version: '2.0.0' });
    const second = await desk.package({ version: '2.1.0', bytes: 9000 });
    const job = desk.updates.startComponents(board, [application(first), radio(second)]);
    const phases = new Set<UpdatePhase>();
    job.onDidProgress(({ phase }) => phases.add(phase));
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    assert.ok(phases.has('pull') && !phases.has('push'), [...phases].join());
    assert.equal(job.progress.bytesSent, first.bytes.length + second.bytes.length);
    assert.equal(record.toVersion, 'application 2.0.0, radio 2.1.0');
  });

  it('holds each package against its component first, and tells all that it found', async () => {
    desk = await Desk.open();
    board = await desk.board({}, 'board', { components: true, tellsPolicy: true });
    const job = desk.updates.startComponents(board, [
      application(await desk.package({ version: '1.1.0' })),
      radio(await desk.package({ version: '1.2.0' })),
    ]);
    const record = await job.finished;
    assert.deepEqual([record.outcome, record.error], ['succeeded', undefined]);
    const checks = job.progress.checks ?? [];
    assert.deepEqual(
      checks.map(({ component, rule, verdict }) => `${component} ${rule} ${verdict}`),
      ['application', 'radio'].flatMap((name) => [
        ...[`${name} object passed`, `${name} state passed`, `${name} delivery passed`],
        // The number that the board tells is the application's, of object 5.
        ...[`${name} room passed`, `${name} version passed`, `${name} sequence unknown`],
        ...[`${name} vendor passed`, `${name} class passed`, `${name} key passed`],
      ]),
    );
    assert.equal(
      preflightLine(checks.find(({ component, rule }) => component === 'radio' && rule === 'version')!),
      '✓ Version of radio: 1.0.0 → 1.2.0.',
    );
  });

  it('asks before an older version goes to a component', async () => {
    const asked: string[] = [];
    let answer = false;
    desk = await Desk.open({
      confirm: (warning) => {
        asked.push(preflightText(warning).explanation);
        return Promise.resolve(answer);
      },
    });
    board = await desk.board({}, 'board', { components: true });
    assert.equal((await push(radio(await desk.package({ version: '1.5.0' })))).outcome, 'succeeded');
    await shown();
    const older = radio(await desk.package({ version: '1.4.0' }));
    const refused = await push(older);
    assert.deepEqual([refused.phase, refused.error?.code], ['preflight', 'update.downgrade']);
    assert.deepEqual(asked, ['board (radio) runs 1.5.0, and the package has the older 1.4.0.']);
    answer = true;
    assert.equal((await push(older)).toVersion, 'radio 1.4.0');
  });

  describe('fails in words', () => {
    it('before the first byte, where one of the packages would be refused', async () => {
      desk = await Desk.open();
      board = await desk.board({}, 'board', { components: true, tellsPolicy: true });
      const record = await push(
        application(await desk.package({ version: '1.1.0' })),
        radio(await desk.package({ signer: newKey(), version: '1.1.0' })),
      );
      assert.deepEqual([record.phase, record.error?.code], ['preflight', 'update.untrusted-key']);
      assert.match(
        errorText(endError(record)),
        /^board \(radio\) would refuse the package: it is signed with key/,
      );
      assert.deepEqual(
        (await shown()).map((component) => (component as readonly unknown[])[0]),
        [0, 0],
      );
    });

    it('where a component would not run with one that stays as it is (13)', async () => {
      await open();
      const record = await push(application(await desk.package({ version: '2.0.0' })));
      assert.deepEqual(record.error, {
        code: 'components.rejected',
        details: {
          board: 'board',
          component: 'application',
          result: 13,
          what: 'update',
          conflicting: 'radio',
        },
      });
      assert.match(
        errorText(endError(record)),
        /because of radio.*Push packages for the other components too/,
      );
      assert.equal(await board.readResource('/3/0/3'), '1.0.0');
      const both = await push(
        application(await desk.package({ version: '2.0.0' })),
        radio(await desk.package({ version: '2.0.0' })),
      );
      assert.deepEqual([both.outcome, both.error], ['succeeded', undefined]);
    });

    it('where a package is for a component that holds another (12)', async () => {
      await open();
      await board.push('/33629/1/0', (await desk.package({ version: '1.9.0' })).bytes);
      await until(async () => (await board.readResource('/33629/1/3')) === 2, 'the radio’s package');
      const record = await push(application(await combined('1.2.0')));
      assert.deepEqual(record.error, {
        code: 'components.rejected',
        details: {
          board: 'board',
          component: 'application',
          result: 12,
          what: 'package',
          conflicting: 'radio',
        },
      });
      assert.match(errorText(endError(record)), /Reset the update state of that component/);
    });

    it('where one of the packages is not trusted, and nothing is started', async () => {
      await open();
      const record = await push(
        application(await desk.package({ version: '1.1.0' })),
        radio(await desk.package({ signer: newKey() })),
      );
      assert.equal(record.error?.code, 'components.rejected');
      assert.match(errorText(endError(record)), /refused the package of radio.*\(Update Result 5\)/);
      assert.equal(await board.readResource('/3/0/3'), '1.0.0');
    });

    it('where the bootloader rolls back: none of them is updated', async () => {
      await open({ rollsBack: true });
      const record = await push(
        application(await desk.package({ version: '1.1.0' })),
        radio(await desk.package({ version: '1.1.0' })),
      );
      assert.deepEqual([record.outcome, record.error?.code], ['failed', 'components.rejected']);
      assert.deepEqual(await shown(), [
        [0, 8, '1.0.0'],
        [0, 8, '1.0.0'],
      ]);
    });

    it('where the board has no such component, or none at all', async () => {
      await open();
      const pkg = await desk.package();
      const unknown = await push({ instance: 7, name: 'modem', package: pkg });
      assert.deepEqual(unknown.error, {
        code: 'components.unknown',
        details: { board: 'board', component: 'modem', known: 'application, radio' },
      });
      board = await desk.board({}, 'plain');
      assert.equal((await push(application(pkg))).error?.code, 'update.no-object');
    });

    it('where the board loses power in the second package, and is taken afterwards', async () => {
      await open({ resetAtBlock: 6 });
      const before = board.registration.id;
      const record = await push(
        application(await desk.package({ version: '1.1.0', bytes: 2000 })),
        radio(await desk.package({ version: '1.1.0', bytes: 20_000 })),
      );
      assert.deepEqual([record.phase, record.error?.code], ['push', 'update.board-lost']);
      await until(() => board.online && board.registration.id !== before, 'the board');
      const small = await desk.package({ version: '1.1.0', bytes: 2000 });
      assert.equal((await push(application(small), radio(small))).outcome, 'succeeded');
    });
  });

  it('gives way to a reset of one component, or of all of them', async () => {
    await open();
    const states = async (): Promise<readonly unknown[]> =>
      (await shown()).map((component) => (component as readonly unknown[])[0]);
    const deliver = async (instance: number): Promise<void> => {
      await board.push(`/33629/${instance}/0`, (await desk.package({ version: '1.1.0' })).bytes);
      await until(async () => (await board.readResource(`/33629/${instance}/3`)) === 2, 'the package');
    };
    const { signal } = new AbortController();
    for (const instance of [0, 1]) await deliver(instance);
    await desk.updates.reset(board, signal, 1);
    assert.deepEqual(await states(), [2, 0]);
    await deliver(1);
    await desk.updates.reset(board, signal);
    assert.deepEqual(await states(), [0, 0]);
  });

  it('is cancelled in the transfer, and leaves every component idle', async () => {
    await open({ impairments: { delayMs: 15 } });
    const job = desk.updates.startComponents(board, [
      application(await desk.package({ version: '1.1.0', bytes: 2000 })),
      radio(await desk.package({ version: '1.1.0', bytes: 60_000 })),
    ]);
    await until(() => job.progress.bytesSent > 5000, 'some of the second');
    job.cancel();
    assert.equal((await job.finished).outcome, 'cancelled');
    assert.deepEqual(
      (await shown()).map((component) => (component as readonly unknown[])[0]),
      [0, 0],
    );
  });
});
