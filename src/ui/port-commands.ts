import { type QuickPickItem, QuickPickItemKind, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { Link } from '../link/link';
import { parseLinkAddress } from '../link/link-address';
import { type PortInfo, listPorts, portKey } from '../link/ports';
import { whenOpen } from '../link/when-open';
import { isPort } from './board-row';
import { chooseLink } from './choosing';
import { nodeOf } from './node-argument';
import type { Commands, Parts } from './parts';
import { errorText } from './wording';

/** Connecting ports, letting go of them, lending them to other programs. */
export function portCommands(parts: Parts): Commands {
  return {
    'port.connect': () => connect(parts),
    'port.disconnect': async (argument) => {
      const link = await linkFor(parts, argument, () => true, l10n.t('Disconnect'));
      parts.connections.disconnect(link.id);
      await parts.ports.remove(link.id);
    },
    'port.release': async (argument) => {
      const held = (link: Link): boolean => link.state !== 'released';
      const link = await linkFor(parts, argument, held, l10n.t('Release to other programs'));
      await link.release();
    },
    'port.retake': async (argument) => {
      const released = (link: Link): boolean => link.state === 'released';
      const link = await linkFor(parts, argument, released, l10n.t('Take back'));
      link.retake();
    },
  };
}

async function linkFor(
  { connections, server }: Parts,
  argument: unknown,
  suits: (link: Link) => boolean,
  title: string,
): Promise<Link> {
  const node = nodeOf(argument);
  if (node) {
    const id = node.kind === 'link' ? node.link : server.board(node.board).link.id;
    const link = connections.get(id);
    if (link) return link;
  }
  return await chooseLink(
    connections.links.filter((link) => isPort(link.kind) && suits(link)),
    title,
  );
}

interface PortItem extends QuickPickItem {
  readonly port?: PortInfo;
  readonly isAddress?: boolean;
}

async function connect(parts: Parts): Promise<void> {
  const choice = await window.showQuickPick(portItems(parts), {
    title: l10n.t('Connect a board'),
    placeHolder: l10n.t('Choose the port that its serial line is on'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!choice) throw new SlipwayError('cancelled', {});
  const address = choice.port ? choice.port.path : await askAddress();
  await open(parts, address, choice.port && portKey(choice.port));
}

async function portItems({ connections, log }: Parts): Promise<PortItem[]> {
  let ports: readonly PortInfo[] = [];
  let trouble: string | undefined;
  try {
    ports = await listPorts();
  } catch (error) {
    log.warn(`ports can't be listed: ${String(error)}`);
    trouble = errorText(error, l10n.t);
  }
  const address: PortItem = {
    label: l10n.t('$(edit) Enter an address…'),
    detail: l10n.t('tcp://host:port for a serial line over TCP (QEMU, ser2net, WSL), or the path of a port'),
    isAddress: true,
  };
  const items = ports.map((port): PortItem => {
    const facts = [
      port.manufacturer,
      port.vendorId && port.productId ? `${port.vendorId}:${port.productId}` : undefined,
      port.serialNumber,
    ];
    const isConnected = connections.get(`serial:${port.path}`) !== undefined;
    return {
      label: `$(plug) ${port.path}`,
      description: isConnected ? l10n.t('connected') : '',
      detail: facts.filter(Boolean).join(' · ') || l10n.t('no USB adapter'),
      port,
    };
  });
  const none = trouble ?? l10n.t('No serial port was found');
  const separator: PortItem = { label: items.length > 0 ? '' : none, kind: QuickPickItemKind.Separator };
  return [...items, separator, address];
}

async function askAddress(): Promise<string> {
  const address = await window.showInputBox({
    title: l10n.t('Connect a board'),
    prompt: l10n.t('Address of its line'),
    placeHolder: 'tcp://localhost:5555, /dev/ttyUSB0, COM3?baudRate=921600',
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return undefined;
      try {
        parseLinkAddress(text);
        return undefined;
      } catch (error) {
        return errorText(error, l10n.t);
      }
    },
  });
  if (address === undefined || address.trim() === '') throw new SlipwayError('cancelled', {});
  return address.trim();
}

/** Connects and remembers, also when it does not open yet: it is tried again by itself. Rejects with why not. */
async function open({ connections, desk, ports }: Parts, address: string, key?: string): Promise<void> {
  await desk.start();
  const link = connections.connect(address, key);
  await ports.add({ address: link.id, ...(key !== undefined && { portKey: key }) });
  await whenOpen(link);
}
