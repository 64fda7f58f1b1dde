import { realpath } from 'node:fs/promises';
import { hasHardware, listSysfsPorts } from './linux-ports';
import { loadSerialPort } from './serial-module';

/** A serial port of this computer. Ids are four lower-case hexadecimal digits. */
export interface PortInfo {
  /** What to open: `/dev/ttyUSB0`, `COM3`. */
  readonly path: string;
  readonly manufacturer?: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly serialNumber?: string;
  /** USB interface, where one adapter has several ports. */
  readonly usbInterface?: string;
}

/** What `serialport` tells of a port; only `path` is sure. */
interface RawPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  readonly pnpId?: string | undefined;
}

/**
 * The serial ports there are, USB adapters first, then by path.
 * Rejects `link.failed` where they can't be listed.
 */
export async function listPorts(): Promise<PortInfo[]> {
  const { SerialPort } = await loadSerialPort('serial');
  let ports: PortInfo[];
  try {
    const listed = (await SerialPort.list()).map(portInfo);
    const isReal = (path: string): Promise<boolean> =>
      process.platform === 'linux' ? hasHardware(path) : Promise.resolve(true);
    const areReal = await Promise.all(listed.map(({ path }) => isReal(path)));
    ports = listed.filter((_, index) => areReal[index]);
  } catch (error) {
    // Without udevadm (containers, WSL) the kernel itself tells.
    if (process.platform !== 'linux') throw error;
    ports = await listSysfsPorts();
  }
  return ports.sort(
    (a, b) =>
      Number(!a.vendorId) - Number(!b.vendorId) || a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
}

/** Brings what the operating systems tell into one form. */
export function portInfo(raw: RawPort): PortInfo {
  // Linux: `usb-FTDI_…-if01-port0`; Windows: `USB\VID_…&PID_…&MI_01\…`.
  const usbInterface = /(?:-if|[&\\]MI_)([0-9a-f]{2})/i.exec(raw.pnpId ?? '')?.[1]?.toLowerCase();
  return {
    path: raw.path,
    ...optional('manufacturer', raw.manufacturer),
    ...optional('vendorId', raw.vendorId?.toLowerCase()),
    ...optional('productId', raw.productId?.toLowerCase()),
    ...optional('serialNumber', raw.serialNumber),
    ...optional('usbInterface', usbInterface),
  };
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value ? ({ [key]: value } as Partial<Record<K, string>>) : {};
}

/**
 * By what a port is recognized after it got another path: USB ids, serial number, interface. The path, where it
 * has no serial number.
 */
export function portKey(port: PortInfo): string {
  if (!port.vendorId || !port.productId || !port.serialNumber) return `path:${port.path}`;
  const usbInterface = port.usbInterface ? `:${port.usbInterface}` : '';
  return `usb:${port.vendorId}:${port.productId}:${port.serialNumber}${usbInterface}`;
}

/** The port with that key. Where several have it (adapters with equal serial numbers), rather that at `path`. */
export function findPort(ports: readonly PortInfo[], key: string, path?: string): PortInfo | undefined {
  const matching = ports.filter((port) => portKey(port) === key);
  return matching.find((port) => port.path === path) ?? matching[0];
}

/** `Espressif (303a:1001, 7C:DF:A1:00:11:22) – /dev/ttyACM0`, with what is known. */
export function portLabel(port: PortInfo): string {
  const ids = port.vendorId && port.productId ? [`${port.vendorId}:${port.productId}`] : [];
  const facts = [...ids, ...(port.serialNumber ? [port.serialNumber] : [])].join(', ');
  const name = [port.manufacturer, facts && `(${facts})`].filter(Boolean).join(' ');
  return name ? `${name} – ${port.path}` : port.path;
}

/** The listed port that `path` is, also through a symbolic link such as `/dev/serial/by-id/…`. */
export async function portAt(ports: readonly PortInfo[], path: string): Promise<PortInfo | undefined> {
  const target = path.startsWith('/') ? await realpath(path).catch(() => path) : path;
  return ports.find((port) => port.path === path || port.path === target);
}
