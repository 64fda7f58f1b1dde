import { toHex } from '../base/hex';
import { derTag, derValues } from './der';

/** What a certificate says about its use (RFC 5280 §4.2.1); node:crypto tells only a part of it. */
export interface CertificateUse {
  readonly isCa: boolean;
  /** How many certificates of authorities may follow. */
  readonly pathLength?: number;
  /** Undefined where any use is allowed. */
  readonly mayDigitallySign?: boolean;
  readonly maySignCertificates?: boolean;
  /** Object identifiers (as hex) of critical extensions that nothing here knows. */
  readonly unknownCritical: readonly string[];
}

/** id-ce 19 and 15 (RFC 5280 §4.2.1.9, §4.2.1.3), as hex of their DER. */
const basicConstraints = '551d13';
const keyUsage = '551d0f';
/** Looked at by node:crypto or without a meaning for a chain of signers: subject and authority key id, EKU. */
const harmless: ReadonlySet<string> = new Set(['551d0e', '551d23', '551d25']);

/** [3] EXPLICIT Extensions in TBSCertificate (§4.1). */
const extensionsTag = 0xa3;

/** Reads the extensions of a DER certificate. Throws RangeError for what is none. */
export function certificateUse(der: Uint8Array): CertificateUse {
  const [certificate] = derValues(der);
  const [tbs] = derValues(certificate?.content ?? new Uint8Array());
  const wrapper = derValues(tbs?.content ?? new Uint8Array()).find(({ tag }) => tag === extensionsTag);
  const [extensions] = derValues(wrapper?.content ?? new Uint8Array());
  let use: CertificateUse = { isCa: false, unknownCritical: [] };
  for (const extension of derValues(extensions?.content ?? new Uint8Array())) {
    const parts = derValues(extension.content);
    const id = toHex(parts[0]?.content ?? new Uint8Array());
    const value = parts.at(-1)?.content ?? new Uint8Array();
    const critical = parts[1]?.tag === derTag.boolean && parts[1].content[0] !== 0;
    if (id === basicConstraints) use = { ...use, ...readBasicConstraints(value) };
    else if (id === keyUsage) use = { ...use, ...readKeyUsage(value) };
    else if (critical && !harmless.has(id)) {
      use = { ...use, unknownCritical: [...use.unknownCritical, id] };
    }
  }
  return use;
}

function readBasicConstraints(value: Uint8Array): Pick<CertificateUse, 'isCa' | 'pathLength'> {
  const parts = derValues(derValues(value)[0]?.content ?? new Uint8Array());
  const length = parts.find(({ tag }) => tag === derTag.integer)?.content;
  return {
    isCa: parts[0]?.tag === derTag.boolean && parts[0].content[0] !== 0,
    ...(length && { pathLength: length.reduce((number, byte) => number * 256 + byte, 0) }),
  };
}

/** KeyUsage is a bit string whose first byte counts the bits unused: digitalSignature is bit 0, keyCertSign 5. */
function readKeyUsage(value: Uint8Array): Pick<CertificateUse, 'mayDigitallySign' | 'maySignCertificates'> {
  const bits = derValues(value)[0]?.content[1] ?? 0;
  return { mayDigitallySign: (bits & 0x80) !== 0, maySignCertificates: (bits & 0x04) !== 0 };
}
