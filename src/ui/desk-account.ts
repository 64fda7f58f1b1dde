import { createPublicKey } from 'node:crypto';
import type { BoardPolicy } from '../board/bootloader';
import type { Link } from '../link/link';
import { bootstrapValues } from '../lwm2m/bootstrap-account';
import type { ResourceValues } from '../lwm2m/values';

/** Registration lifetime that a board is given, s. */
const lifetime = 300;

/** What a board from the factory is given on that link; nothing while there is no key that it could trust. */
export function deskAccount(
  { trustAnchors }: Pick<BoardPolicy, 'trustAnchors'>,
  link: Pick<Link, 'id' | 'kind'>,
): ResourceValues | undefined {
  if (trustAnchors.length === 0) return undefined;
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
