import { type KeyObject, X509Certificate } from 'node:crypto';
import { type CertificateFault, SlipwayError } from '../base/errors';
import { type CertificateUse, certificateUse } from './certificate-extensions';
import { describePublicKey, keyIdOf } from './public-key';
import type { TrustAnchor, VerifyPolicy } from './types';

interface Certificate {
  readonly x509: X509Certificate;
  /** Taken out at once: the getter throws for keys that the library doesn't know. */
  readonly publicKey: KeyObject;
  readonly use: CertificateUse;
  /** Its subject's common name, or all of it where that is missing. */
  readonly subject: string;
}

/** Extended key usages that allow signing firmware: code signing, any (RFC 5280 §4.2.1.12). */
const codeSigning: ReadonlySet<string> = new Set(['1.3.6.1.5.5.7.3.3', '2.5.29.37.0']);

/** Whose certificate the first of a chain is. Errors: `suit.untrusted-chain`. */
export function leafOfChain(chain: readonly Uint8Array[]): {
  readonly keyId: string;
  readonly subject: string;
} {
  const leaf = readCertificate(chain[0]!);
  return { keyId: keyIdOf(leaf.publicKey), subject: leaf.subject };
}

/**
 * Checks a chain (x5chain, RFC 9360 §2) up to one of the roots by the rules of RFC 5280 §6.1 that such a chain can
 * break: signatures, dates, basic constraints, path length, key usage and critical extensions. Names beyond issuer and
 * subject, policies and revocation are not looked at. Gives the key of the first certificate.
 *
 * Errors: `suit.untrusted-chain`, `key.unsupported`, `key.unreadable` for a root that is no certificate.
 */
export function trustAnchorOfChain(
  chain: readonly Uint8Array[],
  { certificates, at }: NonNullable<VerifyPolicy['roots']>,
): TrustAnchor {
  const roots = certificates.map(readRoot);
  const path = chain.map(readCertificate);
  path.forEach((certificate, index) => {
    checkDates(certificate, at);
    if (certificate.use.unknownCritical.length > 0) throw fault(certificate, 'critical-extension');
    if (index === 0) checkSigner(certificate);
    const issuer = path[index + 1];
    if (issuer) checkIssued(certificate, issuer, index);
  });
  const last = path.at(-1)!;
  const root = findRoot(last, roots);
  checkDates(root, at);
  if (!root.x509.raw.equals(last.x509.raw)) {
    checkIssued(last, root, path.length - 1);
  }
  const [leaf] = path;
  return describePublicKey(leaf!.publicKey, leaf!.subject);
}

function findRoot(last: Certificate, roots: readonly Certificate[]): Certificate {
  const isRoot = (root: Certificate): boolean =>
    root.x509.raw.equals(last.x509.raw) || (last.x509.checkIssued(root.x509) && isSignedBy(last, root));
  const root = roots.find(isRoot) ?? roots.find(({ x509 }) => last.x509.checkIssued(x509));
  if (!root) throw fault(last, 'unknown-issuer');
  return root;
}

function checkDates(certificate: Certificate, at: Date): void {
  const { validFrom, validTo } = certificate.x509;
  if (at.getTime() < Date.parse(validFrom)) throw fault(certificate, 'not-yet-valid');
  if (at.getTime() > Date.parse(validTo)) throw fault(certificate, 'expired');
}

function checkSigner(certificate: Certificate): void {
  const { use, x509 } = certificate;
  if (use.mayDigitallySign === false) throw fault(certificate, 'key-usage');
  // Typed as always there; it is undefined without the extension.
  const extended = x509.keyUsage as readonly string[] | undefined;
  if (extended && !extended.some((usage) => codeSigning.has(usage))) throw fault(certificate, 'key-usage');
}

/** `below`: how many certificates of authorities there are between this one and the signer's. */
function checkAuthority(certificate: Certificate, below: number): void {
  const { isCa, pathLength, maySignCertificates } = certificate.use;
  if (!isCa) throw fault(certificate, 'not-a-ca');
  if (maySignCertificates === false) throw fault(certificate, 'key-usage');
  if (pathLength !== undefined && below > pathLength) throw fault(certificate, 'path-too-long');
}

/** `below` as above; it comes first, since OpenSSL says no more than that an authority did not issue it. */
function checkIssued(certificate: Certificate, issuer: Certificate, below: number): void {
  checkAuthority(issuer, below);
  if (!certificate.x509.checkIssued(issuer.x509)) throw fault(certificate, 'unknown-issuer');
  if (!isSignedBy(certificate, issuer)) throw fault(certificate, 'bad-signature');
}

function isSignedBy({ x509 }: Certificate, { publicKey }: Certificate): boolean {
  try {
    return x509.verify(publicKey);
  } catch {
    // BoringSSL throws where OpenSSL says no: for an algorithm that it doesn't know.
    return false;
  }
}

function readCertificate(der: Uint8Array): Certificate {
  try {
    const x509 = new X509Certificate(der);
    return { x509, publicKey: x509.publicKey, use: certificateUse(der), subject: subjectOf(x509) };
  } catch (cause) {
    throw new SlipwayError('suit.untrusted-chain', { subject: '', fault: 'unreadable' }, { cause });
  }
}

function readRoot(pem: string): Certificate {
  try {
    const x509 = new X509Certificate(pem);
    return { x509, publicKey: x509.publicKey, use: certificateUse(x509.raw), subject: subjectOf(x509) };
  } catch (cause) {
    throw new SlipwayError('key.unreadable', { key: 'root', reason: 'not a PEM certificate' }, { cause });
  }
}

function subjectOf({ subject }: X509Certificate): string {
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
}

function fault({ subject }: Certificate, kind: CertificateFault): SlipwayError {
  return new SlipwayError('suit.untrusted-chain', { subject, fault: kind });
}
