import { TRUST_ANCHOR } from './bootstrap-account';
import type { ResourceValue } from './values';

/** What a board judges packages by, as far as it tells; nothing of it is secret. */
export interface PackagePolicy {
  /** Public keys whose packages it takes, as SPKI DER. */
  readonly trustAnchors: readonly Uint8Array[];
  /** Of the package it runs: lower ones are refused. */
  readonly sequence?: number;
  /** RFC 9562 UUIDs as 16 bytes. */
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
}

/**
 * What marks an instance of object 19 (BinaryAppDataContainer) as one of these, beside `TRUST_ANCHOR`: its Data
 * Description. LwM2M has no resource for them, and object 19 is for bytes that application and server agree on.
 */
const SEQUENCE_NUMBER = 'SUIT sequence number';
const VENDOR_ID = 'SUIT vendor id';
const CLASS_ID = 'SUIT class id';

/** What a policy is in instances of object 19, each by its resources, keyed by their path below it. */
export function policyInstances(policy: PackagePolicy): readonly ReadonlyMap<string, ResourceValue>[] {
  const instance = (
    description: string,
    format: string,
    data: Uint8Array,
  ): ReadonlyMap<string, ResourceValue> =>
    new Map<string, ResourceValue>([
      ['0/0', data],
      ['3', description],
      ['4', format],
    ]);
  const { trustAnchors, sequence, vendorId, classId } = policy;
  return [
    ...(vendorId ? [instance(VENDOR_ID, 'uuid', vendorId)] : []),
    ...(classId ? [instance(CLASS_ID, 'uuid', classId)] : []),
    ...(sequence === undefined ? [] : [instance(SEQUENCE_NUMBER, 'uint64', encodeSequence(sequence))]),
    ...trustAnchors.map((key) => instance(TRUST_ANCHOR, 'spki', key)),
  ];
}

/** Whether an instance of object 19 is part of a policy, by its Data Description. */
export function isPolicy(description: ResourceValue | undefined): boolean {
  return [TRUST_ANCHOR, SEQUENCE_NUMBER, VENDOR_ID, CLASS_ID].some((known) => known === description);
}

/** The policy that those instances tell, by description and data; what is no such value is left out. */
export function policyOf(
  instances: readonly { readonly description: ResourceValue | undefined; readonly data: Uint8Array }[],
): PackagePolicy {
  const dataOf = (wanted: string): readonly Uint8Array[] =>
    instances.filter(({ description }) => description === wanted).map(({ data }) => data);
  const uuid = (wanted: string): Uint8Array | undefined => dataOf(wanted).find(({ length }) => length === 16);
  const [number] = dataOf(SEQUENCE_NUMBER);
  const sequence = number && decodeSequence(number);
  const [vendorId, classId] = [uuid(VENDOR_ID), uuid(CLASS_ID)];
  return {
    trustAnchors: dataOf(TRUST_ANCHOR),
    ...(sequence !== undefined && { sequence }),
    ...(vendorId && { vendorId }),
    ...(classId && { classId }),
  };
}

/** Eight bytes, the highest first. */
function encodeSequence(sequence: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(sequence));
  return bytes;
}

/** Undefined for what is no such number, or one that can't be counted with. */
function decodeSequence(bytes: Uint8Array): number | undefined {
  if (bytes.length !== 8) return undefined;
  const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}
