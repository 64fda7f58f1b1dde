import { readFile, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PortInfo } from './ports';

/** Names of terminals that are serial ports. */
const SERIAL_NAME = /^tty(S|USB|ACM|AMA|MFD|O|XRUSB|WCH)\d+$/;

/** How far above a terminal its USB device is at most: port, interface, device. */
const MAX_USB_DEPTH = 4;

/** The serial ports as Linux's sysfs shows them; needs no other program. `sysfs` is its mount point. */
export async function listSysfsPorts(sysfs = '/sys'): Promise<PortInfo[]> {
  const folder = join(sysfs, 'class', 'tty');
  const names = await readdir(folder).catch((): string[] => []);
  const ports = await Promise.all(
    names.filter((name) => SERIAL_NAME.test(name)).map((name) => readPort(sysfs, name)),
  );
  return ports.filter((port) => port !== undefined);
}

/** Whether a port has hardware behind it: the kernel makes ttyS0…31 anyway. */
export async function hasHardware(path: string, sysfs = '/sys'): Promise<boolean> {
  // Type 0 is PORT_UNKNOWN: no UART.
  return (await readAttribute(join(sysfs, 'class', 'tty', basename(path), 'type'))) !== '0';
}

async function readPort(sysfs: string, name: string): Promise<PortInfo | undefined> {
  if (!(await hasHardware(name, sysfs))) return undefined;
  const folder = join(sysfs, 'class', 'tty');
  const path = `/dev/${name}`;
  let device = await realpath(join(folder, name, 'device')).catch(() => undefined);
  let usbInterface: string | undefined;
  for (let depth = 0; device && depth < MAX_USB_DEPTH; depth++) {
    usbInterface ??= await readAttribute(join(device, 'bInterfaceNumber'));
    const vendorId = await readAttribute(join(device, 'idVendor'));
    const productId = await readAttribute(join(device, 'idProduct'));
    if (vendorId && productId) {
      const manufacturer = await readAttribute(join(device, 'manufacturer'));
      const serialNumber = await readAttribute(join(device, 'serial'));
      return {
        path,
        vendorId,
        productId,
        ...(manufacturer && { manufacturer }),
        ...(serialNumber && { serialNumber }),
        ...(usbInterface && { usbInterface }),
      };
    }
    device = dirname(device);
  }
  return { path };
}

async function readAttribute(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.trim();
}
