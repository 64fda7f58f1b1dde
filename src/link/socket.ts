import { SlipwayError } from '../base/errors';
import { reasonOf } from './link-lifecycle';

export interface SocketAddress {
  /** A name or an address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 address in brackets. */
export function hostPort({ host, port }: SocketAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What an error of a TCP or UDP socket means for `link`. */
export function socketError(link: string, cause: unknown): SlipwayError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const options = { cause };
  switch (code) {
    case 'ECONNREFUSED':
      return new SlipwayError('link.refused', { link }, options);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
    case 'EADDRNOTAVAIL':
      return new SlipwayError('link.not-found', { link }, options);
    case 'EADDRINUSE':
      return new SlipwayError('link.busy', { link }, options);
    case 'EACCES':
      return new SlipwayError('link.permission', { link }, options);
    default:
      return new SlipwayError('link.failed', { link, reason: reasonOf(cause) }, options);
  }
}
