import { X509Certificate } from 'node:crypto';
import { toHex } from '../base/hex';
import type { InspectionField } from '../image/inspection';
import { type CborItem, majorType, mapEntries } from './cbor-items';
import { coseHeader, coseTag } from './cose-message';
import { bytesText, field, itemText, wrappedField } from './inspect-item';

const kinds: Readonly<Record<number, string>> = {
  [coseTag.encrypt0]: 'COSE_Encrypt0',
  [coseTag.mac0]: 'COSE_Mac0',
  [coseTag.sign1]: 'COSE_Sign1',
};

/** RFC 9053, RFC 9054 and RFC 9864. */
const algorithms: Readonly<Record<number, string>> = {
  1: 'A128GCM',
  3: 'A256GCM',
  5: 'HMAC 256/256',
  [-7]: 'ES256, deprecated for ESP256',
  [-8]: 'EdDSA, deprecated for Ed25519',
  [-9]: 'ESP256',
  [-16]: 'SHA-256',
  [-19]: 'Ed25519',
  [-35]: 'ES384, deprecated for ESP384',
  [-51]: 'ESP384',
};

const headers: Readonly<Record<number, string>> = {
  [coseHeader.alg]: 'alg',
  [coseHeader.crit]: 'crit',
  [coseHeader.kid]: 'kid',
  [coseHeader.iv]: 'IV',
  [coseHeader.x5chain]: 'x5chain',
};

/** An algorithm by name and number. */
export function algorithmName(item: CborItem): string {
  const name = item.number === undefined ? undefined : algorithms[item.number];
  return name === undefined ? itemText(item) : `${name} (${item.number!})`;
}

/** The fields of a tagged COSE message (RFC 9052). */
export function coseFields(message: CborItem): InspectionField {
  const [array] = message.major === majorType.tag ? message.items : [message];
  const name = kinds[message.number ?? -1] ?? 'COSE';
  const [protectedHeader, unprotected, payload, authenticator] = array?.items ?? [];
  const detached = name === 'COSE_Encrypt0' ? 'ciphertext' : 'payload';
  return field(name, '', message.at, [
    ...(protectedHeader ? [protectedField(protectedHeader)] : []),
    ...(unprotected ? [field('unprotected', '', unprotected.at, headerFields(unprotected))] : []),
    ...(payload
      ? [field(detached, payload.major === majorType.simple ? 'detached' : itemText(payload), payload.at)]
      : []),
    ...(authenticator
      ? [field(name === 'COSE_Mac0' ? 'tag' : 'signature', itemText(authenticator), authenticator.at)]
      : []),
  ]);
}

function protectedField(item: CborItem): InspectionField {
  return item.content?.length === 0
    ? field('protected', 'empty', item.at)
    : wrappedField('protected', item, headerFields);
}

function headerFields(map: CborItem): readonly InspectionField[] {
  return mapEntries(map).map(([key, value]) => {
    const name = headers[key.number ?? 0] ?? `header ${itemText(key)}`;
    if (key.number === coseHeader.alg) return field(name, algorithmName(value), value.at);
    if (key.number === coseHeader.x5chain) return chainField(name, value);
    return field(name, itemText(value), value.at);
  });
}

function chainField(name: string, value: CborItem): InspectionField {
  const certificates = value.major === majorType.array ? value.items : [value];
  return field(
    name,
    `${certificates.length} certificate${certificates.length === 1 ? '' : 's'}`,
    value.at,
    certificates.map((certificate) =>
      field('certificate', certificateText(certificate.content ?? new Uint8Array()), certificate.at),
    ),
  );
}

function certificateText(der: Uint8Array): string {
  try {
    const { subject, issuer, validFrom, validTo, fingerprint256 } = new X509Certificate(der);
    const line = (text: string): string => text.replaceAll('\n', ', ');
    const print = toHex(Buffer.from(fingerprint256.replaceAll(':', ''), 'hex').subarray(0, 8));
    return `${line(subject)}, issued by ${line(issuer)}, valid from ${validFrom} to ${validTo}, SHA-256 ${print}…`;
  } catch {
    return `can’t be read: ${bytesText(der)}`;
  }
}
