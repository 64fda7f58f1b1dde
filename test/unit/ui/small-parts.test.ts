import assert from 'node:assert/strict';
import { historyFile } from '../../../src/ui/history-file';
import { boardNameOf, nodeOf } from '../../../src/ui/node-argument';
import { parseFromPanel } from '../../../src/ui/panel-protocol';
import { type KeyValueStore, RememberedPorts } from '../../../src/ui/remembered-ports';
import { copyText, exactText, valueText } from '../../../src/ui/resource-text';
import { virtualBoardRequestOf } from '../../../src/ui/virtual-board-request';
import { resourceDefinition } from '../../../src/lwm2m/objects/objects';

describe('values of resources', () => {
  it('are shown in the words of their definition, and copied bare', () => {
    const state = resourceDefinition(5, 3);
    assert.deepEqual([valueText(0, state), exactText(0, state), copyText(0)], ['Idle', 'Idle (0)', '0']);
    assert.equal(valueText(99, state), '99');
    assert.equal(valueText(3300, resourceDefinition(3, 7)), '3300 mV');
    assert.equal(valueText(''), '(empty)');
    assert.equal(copyText(''), '');
    assert.equal(valueText(12345678901234567890n), '12345678901234567890');
  });

  it('of other kinds too', () => {
    const time = new Date(Date.UTC(2026, 4, 4, 12));
    assert.deepEqual(
      [valueText(time), copyText(time)],
      ['2026-05-04 12:00:00 UTC', '2026-05-04T12:00:00.000Z'],
    );
    assert.equal(valueText(new Date(NaN)), 'no valid time');
    const bytes = Uint8Array.of(1, 0xab);
    assert.deepEqual([valueText(bytes), copyText(bytes)], ['01 ab', '01ab']);
    assert.equal(valueText(new Uint8Array(0)), '(empty)');
    assert.equal(valueText(new Uint8Array(40)), '40 bytes');
    assert.equal(valueText({ objectId: 9, instanceId: 1 }), '/9/1');
    assert.equal(valueText({ objectId: 65535, instanceId: 65535 }), '(none)');
  });
});

describe('messages of the panel’s page', () => {
  it('are taken only as they should be', () => {
    assert.deepEqual(parseFromPanel({ type: 'ready', more: 1 }), { type: 'ready' });
    assert.deepEqual(parseFromPanel({ type: 'export' }), { type: 'export' });
    const action = { type: 'action', action: 'ship', board: 'desk-1' };
    assert.deepEqual(parseFromPanel(action), action);
    const wrong = [
      null,
      'ready',
      7,
      {},
      { type: 'run' },
      { ...action, action: 'format' },
      { ...action, board: 1 },
    ];
    for (const message of wrong) assert.equal(parseFromPanel(message), undefined, JSON.stringify(message));
  });
});

describe('arguments of commands', () => {
  it('are nodes of the tree, or nothing', () => {
    const node = { kind: 'object', board: 'desk-1', objectId: 5 };
    assert.equal(nodeOf(node), node);
    assert.equal(boardNameOf(node), 'desk-1');
    assert.equal(boardNameOf({ kind: 'link', link: 'serial:x' }), undefined);
    for (const argument of [undefined, null, 'desk-1', {}, { kind: 'file' }]) {
      assert.equal(nodeOf(argument), undefined);
    }
  });

  it('are requests for virtual boards only if all of it is known', () => {
    const request = { name: 'a-1', faults: { downloadResult: 5, impairments: { loss: 0.1 } }, lineRate: 0 };
    assert.equal(virtualBoardRequestOf(request), request);
    assert.deepEqual(virtualBoardRequestOf({}), {});
    const wrong: unknown[] = [
      undefined,
      [],
      { name: '' },
      { name: 'a/b' },
      { lineRate: -1 },
      { lineRate: Infinity },
      { faults: 5 },
      { faults: { explode: true } },
      { faults: { rollsBack: 1 } },
      { faults: { impairments: { delayMs: { min: 1, max: 'x' } } } },
      { toString: 1 },
      { kind: 'board', board: 'desk-1' },
    ];
    for (const argument of wrong) {
      assert.equal(virtualBoardRequestOf(argument), undefined, JSON.stringify(argument));
    }
  });
});

describe('remembered ports', () => {
  class Store implements KeyValueStore {
    readonly values = new Map<string, unknown>();
    get = (key: string): unknown => this.values.get(key);
    update(key: string, value: unknown): Promise<void> {
      this.values.set(key, value);
      return Promise.resolve();
    }
  }

  it('are found again under the same adapter, one entry each', async () => {
    const ports = new RememberedPorts(new Store());
    await ports.add({ address: '/dev/ttyUSB0', portKey: '0403:6001:A1' });
    await ports.add({ address: 'tcp://localhost:5555' });
    await ports.add({ address: '/dev/ttyUSB1', portKey: '0403:6001:A1' });
    assert.deepEqual(ports.all, [
      { address: 'tcp://localhost:5555' },
      { address: '/dev/ttyUSB1', portKey: '0403:6001:A1' },
    ]);
    await ports.remove('tcp://localhost:5555');
    assert.equal(ports.all.length, 1);
  });

  it('are not made up from what someone else stored', async () => {
    const store = new Store();
    for (const value of [undefined, 'x', {}, [null, 1, { address: 5 }, { address: 'COM3', portKey: 7 }]]) {
      await store.update('slipway.ports', value);
      assert.deepEqual(new RememberedPorts(store).all, []);
    }
  });
});

describe('the file of the history', () => {
  it('is one for each workspace', () => {
    const files = ['file:///a', 'file:///b', undefined].map((uri) => historyFile('/storage', uri));
    assert.equal(new Set(files).size, 3);
    assert.equal(historyFile('/storage', 'file:///a'), files[0]);
    for (const file of files) {
      assert.match(file.replaceAll('\\', '/'), /^\/storage\/history\/[0-9a-z-]+\.json$/);
    }
  });
});
