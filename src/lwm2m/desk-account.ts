import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import type { Link } from '../link/link';
import { bootstrapValues } from './bootstrap-account';
import type { ResourceValues } from './values';

/** Registration lifetime that a board is given, s. */
const lifetime = 300;

/** What a board from the factory is given on that link; `bootstrap.no-key` while there is no key that it could trust. */
export function deskAccount(
  { trustAnchors }: { readonly trustAnchors: readonly { readonly publicKeyPem: string }[] },
  board: string,
  link: Pick<Link, 'id' | 'kind'>,
): ResourceValues | SlipwayError {
  if (trustAnchors.length === 0) return new SlipwayError('bootstrap.no-key', { board });
  // A line between two has no address: whoever is at its other end is the server.
  const uri = link.kind === 'udp' ? link.id.replace(/^udp:/, 'coap:') : 'coap+uart://slipway';
  return bootstrapValues({
    uri,
    lifetime,
    trustAnchors: trustAnchors.map(({ publicKeyPem }) =>
      createPublicKey(publicKeyPem).export({ format: 'der', type: 'spki' }),
    ),
  });
}
