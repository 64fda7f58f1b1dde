import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { type Link, type Peer, coapScheme } from '../link/link';
import { bootstrapValues } from './bootstrap-account';
import type { ResourceValues } from './values';

/** Registration lifetime that a board is given, s. */
const lifetime = 300;

/** A link as far as it tells where boards reach the desk. */
type Reachable = Pick<Link, 'id' | 'kind' | 'authorityFor'>;

/**
 * What a board from the factory is given that asks from `peer` on that link. Resolves with an error where that can't be:
 * `bootstrap.no-key` while there is no key that it could trust, `link.closed` where the desk has no address for it.
 */
export async function deskAccount(
  { trustAnchors }: { readonly trustAnchors: readonly { readonly publicKeyPem: string }[] },
  board: string,
  link: Reachable,
  peer: Peer,
): Promise<ResourceValues | SlipwayError> {
  if (trustAnchors.length === 0) return new SlipwayError('bootstrap.no-key', { board });
  const uri = await serverUri(link, peer);
  if (uri === undefined) return new SlipwayError('link.closed', { link: link.id });
  return bootstrapValues({
    uri,
    binding: link.kind === 'coap+tcp' ? 'T' : 'U',
    lifetime,
    trustAnchors: trustAnchors.map(({ publicKeyPem }) =>
      createPublicKey(publicKeyPem).export({ format: 'der', type: 'spki' }),
    ),
  });
}

async function serverUri(link: Reachable, peer: Peer): Promise<string | undefined> {
  // A line between two has no address: whoever is at its other end is the server.
  if (peer.port === 0) return 'coap+uart://slipway';
  const authority = await link.authorityFor?.(peer);
  return authority === undefined ? undefined : `${coapScheme(link.kind)}://${authority}`;
}
