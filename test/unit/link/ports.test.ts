import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listSysfsPorts } from '../../../src/link/linux-ports';
import { findPort, listPorts, portAt, portInfo, portKey, portLabel } from '../../../src/link/ports';

const FTDI = { path: '/dev/ttyUSB0', vendorId: '0403', productId: '6001', serialNumber: 'A10K3X' };

describe('ports', () => {
  it('brings what the systems tell into one form', () => {
    assert.deepEqual(
      portInfo({
        path: '/dev/ttyUSB1',
        manufacturer: 'FTDI',
        vendorId: '0403',
        productId: '6010',
        serialNumber: 'FT1',
        pnpId: 'usb-FTDI_Dual_RS232-HS_FT1-if01-port0',
      }),
      {
        path: '/dev/ttyUSB1',
        manufacturer: 'FTDI',
        vendorId: '0403',
        productId: '6010',
        serialNumber: 'FT1',
        usbInterface: '01',
      },
    );
    const windows = {
      path: 'COM3',
      vendorId: '303A',
      productId: '1001',
      pnpId: 'USB\\VID_303A&PID_1001&MI_00\\7&1',
    };
    assert.deepEqual(portInfo(windows), {
      path: 'COM3',
      vendorId: '303a',
      productId: '1001',
      usbInterface: '00',
    });
    assert.deepEqual(portInfo({ path: '/dev/ttyS0', manufacturer: undefined, pnpId: undefined }), {
      path: '/dev/ttyS0',
    });
  });

  it('are known by USB serial number and interface, else by path', () => {
    assert.equal(portKey(FTDI), 'usb:0403:6001:A10K3X');
    assert.equal(portKey({ ...FTDI, usbInterface: '01' }), 'usb:0403:6001:A10K3X:01');
    assert.equal(portKey({ path: 'COM1', vendorId: '1a86', productId: '7523' }), 'path:COM1');
  });

  it('are found by key wherever they are', () => {
    const moved = { ...FTDI, path: '/dev/ttyUSB7' };
    const twin = { ...FTDI, path: '/dev/ttyUSB8' };
    const others = [{ path: '/dev/ttyS0' }, { ...FTDI, serialNumber: 'OTHER' }];
    assert.equal(findPort([...others, moved], portKey(FTDI)), moved);
    assert.equal(findPort([moved, twin], portKey(FTDI), twin.path), twin);
    assert.equal(findPort([moved, twin], portKey(FTDI), '/dev/gone'), moved);
    assert.equal(findPort(others, portKey(FTDI)), undefined);
    assert.equal(findPort(others, 'path:/dev/ttyS0'), others[0]);
  });

  it('have labels', () => {
    assert.equal(portLabel({ ...FTDI, manufacturer: 'FTDI' }), 'FTDI (0403:6001, A10K3X) – /dev/ttyUSB0');
    assert.equal(portLabel({ path: 'COM4', vendorId: '1a86', productId: '7523' }), '(1a86:7523) – COM4');
    assert.equal(portLabel({ path: '/dev/ttyS0' }), '/dev/ttyS0');
  });

  it('can be listed on this computer, USB first', async () => {
    const ports = await listPorts();
    const ranks = ports.map((port) => (port.vendorId ? 0 : 1));
    assert.deepEqual(ranks, [...ranks].sort());
    for (const { path } of ports) assert.equal(typeof path, 'string');
  });

  describe('by sysfs', () => {
    let root: string;
    before(() => (root = mkdtempSync(join(tmpdir(), 'slipway-sysfs-'))));
    after(() => rmSync(root, { recursive: true, force: true }));

    function put(path: string, attributes: Record<string, string>): string {
      const folder = join(root, path);
      mkdirSync(folder, { recursive: true });
      for (const [name, value] of Object.entries(attributes)) writeFileSync(join(folder, name), `${value}\n`);
      return folder;
    }

    function link(from: string, to: string): void {
      mkdirSync(dirname(join(root, from)), { recursive: true });
      symlinkSync(join(root, to), join(root, from), process.platform === 'win32' ? 'junction' : 'dir');
    }

    it('tells USB adapters from UARTs, and leaves out ports without hardware', async () => {
      put('devices/usb1/1-2', { idVendor: '0403', idProduct: '6010', manufacturer: 'FTDI', serial: 'FT1' });
      put('devices/usb1/1-2/1-2:1.1', { bInterfaceNumber: '01' });
      put('devices/usb1/1-2/1-2:1.1/ttyUSB1/tty/ttyUSB1', {});
      link('devices/usb1/1-2/1-2:1.1/ttyUSB1/tty/ttyUSB1/device', 'devices/usb1/1-2/1-2:1.1/ttyUSB1');
      link('class/tty/ttyUSB1', 'devices/usb1/1-2/1-2:1.1/ttyUSB1/tty/ttyUSB1');
      put('class/tty/ttyS0', { type: '4' });
      put('class/tty/ttyS1', { type: '0' });
      put('class/tty/tty1', {});
      put('class/tty/console', {});
      const ports = await listSysfsPorts(root);
      assert.deepEqual(
        ports.sort((a, b) => a.path.localeCompare(b.path)),
        [
          { path: '/dev/ttyS0' },
          {
            path: '/dev/ttyUSB1',
            vendorId: '0403',
            productId: '6010',
            manufacturer: 'FTDI',
            serialNumber: 'FT1',
            usbInterface: '01',
          },
        ],
      );
    });

    it('is empty where there is none', async () => {
      assert.deepEqual(await listSysfsPorts(join(root, 'nowhere')), []);
    });

    it('a port is found through a symbolic link', async function () {
      if (process.platform === 'win32') this.skip();
      put('dev', { ttyUSB0: '' });
      link('by-id', 'dev/ttyUSB0');
      const ports = [{ path: join(root, 'dev/ttyUSB0') }];
      assert.equal(await portAt(ports, join(root, 'by-id')), ports[0]);
      assert.equal(await portAt(ports, join(root, 'dev/ttyUSB0')), ports[0]);
      assert.equal(await portAt(ports, 'COM3'), undefined);
    });
  });
});
