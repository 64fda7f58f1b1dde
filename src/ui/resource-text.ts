import { toHex } from '../base/hex';
import type { ResourceDefinition } from '../lwm2m/objects/definition';
import type { ObjectLink, ResourceValue } from '../lwm2m/values';
import { bytesText } from './quantities';

/** Opaque values are shown up to here, longer ones by their size. */
const maxOpaqueShown = 16;

/** Null link of LwM2M Core, appendix C. */
const nullLinkId = 65535;

/** A value in the words of its definition: `Idle`, `3300 mV`, `2026-05-04 12:00:00 UTC`. */
export function valueText(value: ResourceValue, definition?: ResourceDefinition): string {
  const named = enumerationText(value, definition);
  if (named !== undefined) return named;
  if (value === '') return '(empty)';
  const plain = plainText(value);
  return definition?.units && isNumber(value) ? `${plain} ${unitText(definition.units)}` : plain;
}

/** A value as it is copied: the bare number, text, hex. */
export function copyText(value: ResourceValue): string {
  if (value instanceof Uint8Array) return toHex(value);
  if (value instanceof Date) return timeText(value, (time) => time.toISOString());
  return plainText(value);
}

/** An enumeration's word with its number, for tooltips: `Idle (0)`. */
export function exactText(value: ResourceValue, definition?: ResourceDefinition): string {
  const named = enumerationText(value, definition);
  return named === undefined ? valueText(value, definition) : `${named} (${plainText(value)})`;
}

function enumerationText(value: ResourceValue, definition?: ResourceDefinition): string | undefined {
  if (!definition?.enumeration) return undefined;
  if (typeof value === 'boolean') return definition.enumeration.get(Number(value));
  return typeof value === 'number' ? definition.enumeration.get(value) : undefined;
}

function isNumber(value: ResourceValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function plainText(value: ResourceValue): string {
  if (value instanceof Uint8Array) return opaqueText(value);
  if (value instanceof Date) {
    return timeText(value, (time) => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`);
  }
  if (typeof value === 'object') return linkText(value);
  return String(value);
}

function timeText(value: Date, text: (value: Date) => string): string {
  return Number.isNaN(value.getTime()) ? 'no valid time' : text(value);
}

function opaqueText(bytes: Uint8Array): string {
  if (bytes.length === 0) return '(empty)';
  if (bytes.length > maxOpaqueShown) return bytesText(bytes.length);
  return toHex(bytes).replace(/..(?=.)/g, '$& ');
}

function linkText({ objectId, instanceId }: ObjectLink): string {
  return objectId === nullLinkId && instanceId === nullLinkId ? '(none)' : `/${objectId}/${instanceId}`;
}

/** A unit as people write it; the registry has some in notations of its own. */
export function unitText(units: string): string {
  return { Cel: '°C', '/100': '%' }[units] ?? units;
}
