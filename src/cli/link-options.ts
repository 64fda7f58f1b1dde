import type { Command } from 'commander';
import { SlipwayError } from '../base/errors';
import { isNetwork } from '../link/link';
import { parseLinkAddress } from '../link/link-address';
import type { SocketAddress } from '../link/socket';
import { collect, seconds, usageError, wholeNumber } from './usage';

export interface WaitOptions {
  /** ms. */
  readonly wait: number;
  readonly baud?: number;
}

export const addressHelp =
  '/dev/ttyUSB0, COM3, tcp://HOST:PORT, tcp-listen://HOST:PORT, udp://HOST:PORT or coap+tcp://HOST:PORT';

/** Adds `--wait` and `--baud`. */
export function withWait(command: Command, defaultSeconds: number): Command {
  return command
    .option('--baud <rate>', 'line rate of a serial port', wholeNumber(50, 12_000_000))
    .option(
      '--wait <seconds>',
      `how long to wait for the link and for boards to register (default: ${defaultSeconds})`,
      seconds,
      defaultSeconds * 1000,
    );
}

/** Adds a `--port` that may be given several times. */
export function withPorts(command: Command): Command {
  return command.requiredOption('--port <address>', `where boards are: ${addressHelp}; repeatable`, collect);
}

/** Whether several boards may be behind an address. Wrong usage where it is none. */
export function hasManyPeers(address: string): boolean {
  try {
    const { kind } = parseLinkAddress(address);
    return kind !== 'tcp-listen' && isNetwork(kind);
  } catch (error) {
    if (!SlipwayError.is(error, 'link.invalid-address')) throw error;
    throw usageError(`error: "${address}" is no address of a port: it is ${addressHelp}`);
  }
}

/** The parts of `HOST:PORT`; wrong usage where it is none. */
export function socketAddress(text: string): SocketAddress {
  try {
    const parsed = parseLinkAddress(`udp://${text}`);
    if (parsed.kind === 'udp') return parsed;
  } catch (error) {
    if (!SlipwayError.is(error, 'link.invalid-address')) throw error;
  }
  const hint = /:\d{1,5}$/.test(text) ? ' (IPv6 addresses go in brackets)' : '';
  throw usageError(`error: "${text}" is not of the form HOST:PORT${hint}`);
}
