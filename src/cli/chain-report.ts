import { type ChainStatus, chainStatus, daysLeft } from '../manifest/chain-status';
import type { CertificateInfo } from '../manifest/certificate-chain';
import { chainNotes, chainText } from '../ui/chain-text';

/** The certificates of a key, how they stand with the roots, and what there is to warn of; nothing without any. */
export function chainLines(
  chain: readonly CertificateInfo[],
  roots: readonly string[],
  now: Date,
): readonly string[] {
  const { status, left } = stand(chain, roots, now);
  if (!status) return [];
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  return [
    ...chain.map(
      ({ subject, issuer, validFrom, validTo }) =>
        `certificate ${subject}, by ${issuer}, valid from ${day(validFrom)} until ${day(validTo)}`,
    ),
    chainText(status),
    ...chainNotes(status, left).map((note) => `Warning: ${note}`),
  ];
}

/** The same as a part of an object of `--json`. */
export function chainEvent(
  chain: readonly CertificateInfo[],
  roots: readonly string[],
  now: Date,
): Readonly<Record<string, unknown>> {
  const { status, left } = stand(chain, roots, now);
  return { ...(status && { chain: status }), ...(left !== undefined && { chainDaysLeft: left }) };
}

function stand(
  chain: readonly CertificateInfo[],
  roots: readonly string[],
  now: Date,
): { readonly status?: ChainStatus; readonly left?: number } {
  if (chain.length === 0) return {};
  const left = daysLeft(chain, now);
  const status = chainStatus(
    chain.map(({ der }) => der),
    roots,
    now,
  );
  return { status, ...(left !== undefined && { left }) };
}
