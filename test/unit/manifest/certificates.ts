import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createSigner } from '../../../src/manifest/signer';
import type { Signer } from '../../../src/manifest/types';

/** Makes certificates for tests (RFC 5280 §4.1), right and wrong ones: node:crypto only reads them. */
export interface CertificateWish {
  readonly subject: string;
  /** Who signs; itself if left out. */
  readonly issuer?: TestAuthority;
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** First byte of the bit string: digitalSignature 0x80, keyCertSign 0x04. */
  readonly keyUsage?: number;
  /** DER of object identifiers, e.g. code signing 2b06010505070303. */
  readonly extendedUsage?: string;
  readonly criticalExtension?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface TestAuthority {
  readonly subject: string;
  readonly privateKey: KeyObject;
  readonly der: Buffer;
  readonly pem: string;
  readonly signer: Signer;
}

export function certificate(wish: CertificateWish): TestAuthority {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { subject, issuer = { subject, privateKey } } = wish;
  const algorithm = sequence(oid('2a8648ce3d040302'));
  const tbs = sequence(
    tlv(0xa0, integer(2)),
    tlv(0x02, Buffer.from([1, ...createHash('sha256').update(subject).digest().subarray(0, 8)])),
    algorithm,
    name(issuer.subject),
    sequence(time(wish.from ?? new Date('2020-01-01')), time(wish.to ?? new Date('2049-01-01'))),
    name(subject),
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions(wish))),
  );
  const der = sequence(tbs, algorithm, tlv(0x03, Buffer.from([0]), sign('sha256', tbs, issuer.privateKey)));
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n');
  const pem = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
  return { subject, privateKey, der, pem, signer: createSigner(privateKey, subject) };
}

function extensions({
  ca,
  pathLength,
  keyUsage,
  extendedUsage,
  criticalExtension,
}: CertificateWish): Buffer[] {
  const yes = tlv(0x01, Buffer.from([0xff]));
  const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), yes, tlv(0x04, value));
  return [
    ...(ca === undefined
      ? []
      : [
          extension(
            '551d13',
            sequence(...(ca ? [yes] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
          ),
        ]),
    ...(keyUsage === undefined ? [] : [extension('551d0f', tlv(0x03, Buffer.from([0, keyUsage])))]),
    ...(extendedUsage === undefined ? [] : [extension('551d25', sequence(oid(extendedUsage)))]),
    ...(criticalExtension === undefined ? [] : [extension(criticalExtension, sequence())]),
  ];
}

function tlv(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => tlv(0x30, ...content);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const integer = (value: number): Buffer => tlv(0x02, Buffer.from([value]));
const name = (text: string): Buffer =>
  sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(text)))));
const time = (date: Date): Buffer => tlv(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
