import assert from 'node:assert/strict';
import { FirmwareParts } from '../../../src/board/firmware-parts';
import type { FirmwareActions } from '../../../src/board/firmware-object';
import type { AdvancedFirmwareObject } from '../../../src/board/advanced-firmware-object';
import { objectDefinition } from '../../../src/lwm2m/objects/objects';
import type { ResourceValue } from '../../../src/lwm2m/values';
import { FakeClock } from '../support/fake-clock';

describe('Object 33629 of the virtual board', () => {
  let reboots: number;
  let parts: FirmwareParts;
  let members: readonly AdvancedFirmwareObject[];

  /** A package is its version, and the radio's after a comma where it has one. */
  const examine: FirmwareActions['examine'] = (content) => {
    const [version = '', radio] = Buffer.from(content).toString().split(',');
    return {
      ...{ version, banner: '', sequence: 1, payload: content, patched: false },
      ...(radio !== undefined && { parts: [{ name: 'radio', version: radio }] }),
    };
  };

  function boot(version = '1.0.0', updated?: boolean): void {
    members = parts.boot({
      image: { version, banner: '', sequence: 0, payload: new Uint8Array(), patched: false },
      updated,
      capacity: 1000,
      clock: new FakeClock(0),
      faults: {},
      protocols: [0],
      examine,
      actions: {
        examine,
        install: () => Promise.resolve(),
        reboot: () => reboots++,
        powerLost: () => undefined,
        fetch: () => assert.fail('no package'),
        fetches: () => false,
        print: () => undefined,
      },
    }).members;
  }

  beforeEach(() => {
    reboots = 0;
    parts = new FirmwareParts();
    boot();
  });

  const get = (instance: number, key: string): ResourceValue | undefined =>
    members[instance]?.read(0).get(key);
  const states = (): readonly unknown[] => [0, 1].map((instance) => [get(instance, '3'), get(instance, '5')]);
  const links = (instance: number, resource: number): readonly unknown[] =>
    [...members[instance]!.read(0)]
      .filter(([key]) => key.startsWith(`${resource}/`))
      .map(([, value]) => (value as { instanceId: number }).instanceId);
  const download = (instance: number, text: string): string =>
    (members[instance]!.write(0, 0, Buffer.from(text)) as { code: string }).code;
  const update = async (instance: number, args = ''): Promise<string> =>
    (await members[instance]!.execute(0, 2, args)).code;

  it('has the resources of the registry, and a name and version for each component', () => {
    const definition = objectDefinition(33629)!;
    for (const member of members) {
      assert.deepEqual(
        [...member.resources],
        [...definition.resources.keys()].sort((a, b) => a - b),
      );
    }
    assert.deepEqual(
      [get(0, '14'), get(0, '15'), get(1, '14'), get(1, '15')],
      [...['application', '1.0.0', 'radio', '1.0.0']],
    );
  });

  it('links what is downloaded, and unlinks what is not any more', () => {
    download(0, '1.1.0');
    assert.deepEqual([links(0, 16), links(1, 16)], [[], []]);
    download(1, '1.2.0');
    assert.deepEqual([links(0, 16), links(1, 16)], [[1], [0]]);
    members[1]!.write(0, 1, '');
    assert.deepEqual([links(0, 16), links(1, 16)], [[], []]);
  });

  for (const [args, expected, why] of [
    ['', [0, 1], 'all that is downloaded'],
    ['0', [0], 'only itself'],
    ["0='</33629/1>'", [0, 1], 'itself and what is listed'],
    ["0='</33629/0>,</33629/1>'", [0, 1], 'itself but once'],
    ["0=''", [0], 'only itself, with an empty list'],
  ] as const) {
    it(`updates ${why}: ${args || 'no argument'}`, async () => {
      download(0, '1.1.0');
      download(1, '1.2.0');
      assert.equal(await update(0, args), '2.04');
      assert.equal(reboots, 1);
      boot('1.1.0', true);
      const after = expected.includes(1 as never) ? '1.2.0' : '1.0.0';
      assert.deepEqual([get(0, '5'), get(1, '15')], [1, after]);
    });
  }

  it('refuses arguments that are none, and Update before a download', async () => {
    assert.equal(await update(0), '4.05');
    download(0, '1.1.0');
    for (const args of ['1', "0='/33629/1'", "0='</33629/7>'", '0=</33629/1>', "0='</5/0>'"]) {
      assert.equal(await update(0, args), '4.00', args);
    }
    assert.equal(reboots, 0);
  });

  it('fails with 13 where a listed component is not downloaded, and names it', async () => {
    download(0, '1.1.0');
    assert.equal(await update(0, "0='</33629/1>'"), '2.04');
    assert.deepEqual(
      [states(), links(0, 17), reboots],
      [
        [
          [2, 13],
          [0, 0],
        ],
        [1],
        0,
      ],
    );
  });

  it('fails with 13 where major versions would differ, and lets both be updated together', async () => {
    download(0, '2.0.0');
    await update(0);
    assert.deepEqual([get(0, '5'), links(0, 17)], [13, [1]]);
    download(1, '2.3.0');
    await update(0);
    assert.equal(reboots, 1);
  });

  it('gives the images of one package to their components, or to none where one is busy (12)', () => {
    download(0, '1.1.0,1.5.0');
    assert.deepEqual(
      [states(), get(1, '7')],
      [
        [
          [2, 0],
          [2, 0],
        ],
        '1.5.0',
      ],
    );
    members[0]!.write(0, 1, '');
    download(0, '1.1.0,1.5.0');
    assert.deepEqual([get(0, '3'), get(0, '5'), links(0, 17)], [0, 12, [1]]);
  });

  it('updates all or none: what the bootloader rolls back takes the radio with it', async () => {
    download(0, '1.1.0');
    download(1, '1.2.0');
    await update(1);
    boot('1.0.0', false);
    assert.deepEqual(
      [states(), get(1, '15')],
      [
        [
          [0, 8],
          [0, 8],
        ],
        '1.0.0',
      ],
    );
  });
});
