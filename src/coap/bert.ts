import type { Link, Peer } from '../link/link';
import { BERT_SZX, blockSize } from './options';

/** Longest BERT block: more gains nothing on a local network, and progress would come in leaps. */
const maxBytes = 16_384;
/** What a message has beside its payload: header, token, options of any request of this product. */
const overheadBytes = 256;

/**
 * Payload of BERT blocks to `peer` (RFC 8323 §6), a multiple of 1024; undefined where the link is one of datagrams, or
 * the peer takes no longer messages than datagrams are.
 */
export function bertBytes(link: Pick<Link, 'capabilitiesOf'>, peer: Peer): number | undefined {
  const capabilities = link.capabilitiesOf?.(peer);
  if (!capabilities?.blockWise) return undefined;
  const unit = blockSize(BERT_SZX);
  const units = Math.floor(Math.min(capabilities.maxMessageBytes - overheadBytes, maxBytes) / unit);
  return units > 1 ? units * unit : undefined;
}
