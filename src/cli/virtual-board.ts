import { lookup } from 'node:dns/promises';
import { isIP, isIPv4 } from 'node:net';
import { type Command, Option } from 'commander';
import { SlipwayError } from '../base/errors';
import { VirtualBoard } from '../board/virtual-board';
import { createCoapEndpoint } from '../coap/node-coap-endpoint';
import { CoapTcpLink } from '../link/coap-tcp/coap-tcp-link';
import { addressBytes, addressText } from '../link/ip/address';
import { coapPort } from '../link/ip/ip-host';
import type { Link, Peer } from '../link/link';
import { openLink } from '../link/open-link';
import { type SocketAddress, hostPort } from '../link/socket';
import type { StreamLinkDeps } from '../link/stream-link';
import { classIdOf, vendorIdOf } from '../manifest/uuid';
import type { Context, Run } from './context';
import { exitCodes } from './exit-codes';
import { type FaultOptions, faultsOf, withFaults } from './fault-options';
import { type TargetOptions, withKeyFolder, withTarget } from './key-options';
import { socketAddress } from './link-options';
import { hasTrust, trustOf, type TrustOptions, withTrust } from './trust-options';
import { collect, seconds, usageError, wholeNumber } from './usage';
import { describe } from './wording';

interface VirtualBoardOptions extends TrustOptions, TargetOptions, FaultOptions {
  readonly serial?: string;
  readonly baud?: number;
  readonly tcp?: string;
  readonly udp?: string;
  readonly coapTcp?: string;
  readonly ip?: string;
  readonly endpoint: string;
  readonly trust?: readonly string[];
  readonly flash?: string;
  readonly slotSize?: number;
  readonly lifetime?: number;
  /** ms. */
  readonly reboot?: number;
  readonly deregister?: boolean;
  readonly policy: boolean;
  readonly bootstrap?: boolean;
  /** ms. */
  readonly queueMode?: number;
  readonly software?: number;
  readonly components?: boolean;
}

/** `slipway virtual-board` */
export function virtualBoardCommand(command: Command): Command {
  command
    .description('run a board in this process: a LwM2M client with a bootloader and two slots')
    .addOption(new Option('--serial <path>', 'talk over a serial port').conflicts(['tcp', 'udp']))
    .addOption(new Option('--tcp <host:port>', 'serve a serial line over TCP').conflicts(['serial', 'udp']))
    .addOption(new Option('--udp <host:port>', 'talk to the LwM2M server there').conflicts(['serial', 'tcp']))
    .addOption(
      new Option('--coap-tcp <host:port>', 'talk CoAP over TCP to the LwM2M server there').conflicts([
        'serial',
        'tcp',
        'udp',
      ]),
    )
    .option('--baud <rate>', 'line rate of the serial port', wholeNumber(50, 12_000_000))
    .addOption(
      new Option(
        '--ip <address>',
        'talk UDP in IP packets over the line, as boards with a plain SLIP driver do, from this address',
      ).conflicts(['udp', 'coapTcp']),
    )
    .option('--endpoint <name>', 'endpoint name', 'virtual-board')
    .option('--trust <name-or-pem>', 'key whose packages it takes, by name or PEM file; repeatable', collect)
    .option('--flash <folder>', 'keep its flash there (default: in memory)')
    .option('--slot-size <bytes>', 'size of each of its two slots', wholeNumber(1024, 64 * 1024 * 1024))
    .option('--lifetime <seconds>', 'registration lifetime', wholeNumber(1, 86_400))
    .option('--reboot <seconds>', 'how long a reboot takes', seconds)
    .option(
      '--queue-mode <seconds>',
      'sleep so long after its last message, until it has something to say',
      seconds,
    )
    .option('--software <count>', 'instances of object 9 (default: 1)', wholeNumber(1, 16))
    .option('--components', 'an application and a radio by object 33629 too, of one major version')
    .option('--bootstrap', 'come without a server account and trusted keys, and ask the server for both')
    .option('--no-policy', 'do not tell the server in object 19 by what packages are judged')
    .option('--deregister', 'say goodbye before a reboot, as few boards do');
  return withFaults(withTrust(withKeyFolder(withTarget(command, true))));
}

/** Runs until it is interrupted. */
export const virtualBoard: Run<[options: VirtualBoardOptions]> = async (context, options) => {
  const { clock, log, output, signal } = context;
  const trusted = await trustOf(context, options.trust ?? [], options);
  const { link, server } = await openBoardLink(context, options);
  const vendorId = vendorIdOf(options.vendor);
  const board = new VirtualBoard({
    link,
    createEndpoint: (on) => createCoapEndpoint(on, { clock, log }),
    clock,
    log,
    endpoint: options.endpoint,
    policy: { ...trusted, vendorId, classId: classIdOf(vendorId, options.class) },
    faults: faultsOf(options),
    ...(server && { server }),
    ...(options.flash !== undefined && { flashFolder: options.flash }),
    ...(options.slotSize !== undefined && { slotBytes: options.slotSize }),
    ...(options.lifetime !== undefined && { lifetime: options.lifetime }),
    ...(options.reboot !== undefined && { rebootMs: options.reboot }),
    ...(options.queueMode !== undefined && { awakeMs: options.queueMode }),
    ...(options.components && { components: true }),
    ...(options.software !== undefined && { softwareInstances: options.software }),
    ...(options.bootstrap && { bootstrap: true }),
    tellsPolicy: options.policy,
    ...(options.deregister && { deregistersOnReboot: true }),
  });
  board.onDidBoot(({ image, outcome }) => {
    output.note(`${options.endpoint}: booted version ${image.version}, ${outcome}`);
    output.event({ type: 'booted', version: image.version, sequence: image.sequence, outcome });
  });
  board.onDidRegister(() => {
    output.note(`${options.endpoint}: registered`);
    output.event({ type: 'registered', endpoint: options.endpoint });
  });
  link.onDidChangeState((state) => {
    const why = link.error ? `: ${describe(link.error).message}` : '';
    output.note(`${link.id}: ${state}${why}`);
    output.event({ type: 'link', link: link.id, state });
  });
  if (!hasTrust(trusted) && !options.bootstrap) {
    output.note('It trusts no key and refuses every package: give one with --trust.');
  }
  output.note(`${options.endpoint} is on ${link.id}; Ctrl+C ends it.`);
  try {
    await board.start();
    await untilAborted(signal);
  } finally {
    await board.stop();
  }
  return exitCodes.interrupted;
};

/** The board's end of the link, and its server where the link itself does not lead to one. */
async function openBoardLink(
  context: Context,
  { serial, baud, tcp, udp, coapTcp, ip }: VirtualBoardOptions,
): Promise<{ readonly link: Link; readonly server?: Peer }> {
  const deps = { clock: context.clock, log: context.log, ...(ip !== undefined && { ip: ipEnds(ip) }) };
  if (serial !== undefined) {
    return { link: openLink(`serial:${serial}`, { ...deps, ...(baud !== undefined && { baudRate: baud }) }) };
  }
  if (tcp !== undefined) return { link: openLink(`tcp-listen://${hostPort(socketAddress(tcp))}`, deps) };
  if (coapTcp !== undefined) return { link: CoapTcpLink.connect(await resolveServer(coapTcp), deps) };
  if (udp === undefined) {
    throw usageError('error: say where the board is: --serial, --tcp, --udp or --coap-tcp');
  }
  const { host: address, port } = await resolveServer(udp);
  const server = { address, port };
  return { link: openLink(localAddressFor(server), deps), server };
}

/** Both ends of an IP line whose board has that address; the desk answers under any. Wrong usage where it is none. */
function ipEnds(address: string): NonNullable<StreamLinkDeps['ip']> {
  if (isIP(address) === 0) throw usageError(`error: "${address}" is no IP address`);
  const server = isIPv4(address) ? '192.0.2.1' : '2001:db8::1';
  // The canonical form is the one that packets are compared by.
  const own = addressText(addressBytes(address));
  return { own: { address: own, port: coapPort }, server: { address: server, port: coapPort } };
}

async function resolveServer(text: string): Promise<SocketAddress> {
  const parsed = socketAddress(text);
  try {
    return { host: (await lookup(parsed.host)).address, port: parsed.port };
  } catch (cause) {
    throw new SlipwayError('link.not-found', { link: text }, { cause });
  }
}

/** Any free port of an address from which the server can be reached. */
function localAddressFor({ address }: Peer): string {
  const isLocal = address.startsWith('127.') || address === '::1';
  if (address.includes(':')) return isLocal ? 'udp://[::1]:0' : 'udp://[::]:0';
  return isLocal ? 'udp://127.0.0.1:0' : 'udp://0.0.0.0:0';
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
