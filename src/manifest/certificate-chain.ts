import { X509Certificate } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { leafOfChain, trustAnchorOfChain } from './x5chain';

/** A certificate as people read it. */
export interface CertificateInfo {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  readonly der: Uint8Array;
}

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * The certificates in a PEM text as DER, without a root at the end: who verifies must have that already (RFC 9360
 * §2). Errors: `key.chain` where there is none, or one is damaged; `key` names whose they are.
 */
export function readChain(pem: string, key: string): readonly Uint8Array[] {
  const unreadable = (): SlipwayError =>
    new SlipwayError('key.chain', { key, subject: '', fault: 'unreadable' });
  const blocks = pem.match(pemBlock);
  if (!blocks) throw unreadable();
  try {
    const certificates = blocks.map((block) => new X509Certificate(derOf(block)));
    const last = certificates.at(-1)!;
    const endsInRoot = certificates.length > 1 && last.checkIssued(last);
    return (endsInRoot ? certificates.slice(0, -1) : certificates).map(({ raw }) => Uint8Array.from(raw));
  } catch {
    throw unreadable();
  }
}

function derOf(block: string): Buffer {
  return Buffer.from(block.replace(/-----[^-]+-----/g, ''), 'base64');
}

/**
 * Checks that a chain is of the key with that id, in order, and good at that time in itself: who trusts its last
 * issuer is up to the boards. Errors: `key.chain`.
 */
export function checkChain(chain: readonly Uint8Array[], key: string, keyId: string, at: Date): void {
  try {
    const leaf = leafOfChain(chain);
    if (leaf.keyId !== keyId) {
      throw new SlipwayError('key.chain', { key, subject: leaf.subject, fault: 'other-key' });
    }
    const last = new X509Certificate(chain.at(-1)!).toString();
    trustAnchorOfChain(chain, { certificates: [last], at });
  } catch (error) {
    if (!SlipwayError.is(error, 'suit.untrusted-chain')) throw error;
    throw new SlipwayError('key.chain', { key, ...error.details }, { cause: error });
  }
}

/** What to show of a chain. */
export function describeChain(chain: readonly Uint8Array[]): readonly CertificateInfo[] {
  return chain.map((der) => {
    const { subject, issuer, validFrom, validTo } = new X509Certificate(der);
    return {
      subject: nameOf(subject),
      issuer: nameOf(issuer),
      validFrom: new Date(validFrom),
      validTo: new Date(validTo),
      der,
    };
  });
}

/** The common name, or all of it where that is missing. */
function nameOf(name: string): string {
  return /^CN=(.+)$/m.exec(name)?.[1] ?? name;
}
