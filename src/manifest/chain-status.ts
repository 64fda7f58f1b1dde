import { X509Certificate } from 'node:crypto';
import { type CertificateFault, SlipwayError } from '../base/errors';
import { trustAnchorOfChain } from './x5chain';

/** How a chain stands with the roots that are trusted. */
export type ChainStatus =
  | { readonly kind: 'trusted' }
  /** Good in itself; there are no roots to hold it against. */
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'broken'; readonly subject: string; readonly fault: CertificateFault };

/** Holds a chain (DER, the signer's own first) against root certificates (PEM) at a time, by `trustAnchorOfChain`. */
export function chainStatus(chain: readonly Uint8Array[], roots: readonly string[], at: Date): ChainStatus {
  const certificates = roots.length > 0 ? roots : [new X509Certificate(chain.at(-1)!).toString()];
  try {
    trustAnchorOfChain(chain, { certificates, at });
    return { kind: roots.length > 0 ? 'trusted' : 'unchecked' };
  } catch (error) {
    if (!SlipwayError.is(error, 'suit.untrusted-chain')) throw error;
    return { kind: 'broken', ...error.details };
  }
}

/** Certificates that run out sooner are warned of. */
const soonDays = 30;

/** Whole days until the first certificate of a chain runs out, if that is soon; negative where one has. */
export function daysLeft(chain: readonly { readonly validTo: Date }[], at: Date): number | undefined {
  const first = Math.min(...chain.map(({ validTo }) => validTo.getTime()));
  const days = Math.floor((first - at.getTime()) / 86_400_000);
  return days < soonDays ? days : undefined;
}
