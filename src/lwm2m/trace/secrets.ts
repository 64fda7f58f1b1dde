import { decodeUint } from '../../coap/options';
import { type CoapMessage, optionOf } from '../../coap/message';
import type { TracedMessage } from '../../coap/trace-exchanges';
import { decodeContent } from '../content-format';
import { resourceDefinition } from '../objects/objects';
import { pathIds } from '../path';

/** Resources that hold keys and passwords, by object; numbers and names of OMA's registry. */
const secretResources: Readonly<Record<number, readonly number[]>> = {
  // LwM2M Security: Public Key or Identity, Server Public Key, Secret Key, SMS Binding Key Parameters and Secret Keys.
  0: [3, 4, 5, 7, 8],
  // Software Management: Password.
  9: [15],
  // APN Connection Profile: Secret.
  11: [6],
  // WLAN Connectivity: WPA Pre Shared Key and Key Phrase, WEP Key Phrase and Keys, RADIUS Secret.
  12: [17, 18, 21, 22, 23, 24, 25, 28],
  // OSCORE: Master Secret, Master Salt.
  21: [0, 5],
  // OGC-Security: Secret Group Key.
  3405: [5],
  // LPWAN Communication: Multicast group key.
  3412: [9],
  // MQTT Broker: Password, Secret Key.
  18830: [5, 9],
};

/** Content-Formats of LwM2M without one: see `decodeContent`. */
export function contentFormatOf(message: CoapMessage): number | undefined {
  const value = optionOf(message, 'Content-Format');
  return value && decodeUint(value);
}

/** Whether the payload is one of several parts of what was sent (RFC 7959). */
export function isPart(message: CoapMessage): boolean {
  const name = message.code.startsWith('0.') ? 'Block1' : 'Block2';
  const block = optionOf(message, name);
  // NUM and M: all but the size.
  return block !== undefined && ((decodeUint(block) ?? 0) & ~7) !== 0;
}

/** Whether a resource must not be shown to anybody. */
export function isSecret(path: string): boolean {
  const [objectId, , resourceId] = pathIds(path) ?? [];
  if (objectId === undefined || resourceId === undefined) return false;
  return secretResources[objectId]?.includes(resourceId) ?? false;
}

/**
 * The path of the data model that a message is about, without the board's root path; `/` for composites and for what
 * boards send by themselves (LwM2M Core §6.3 and §6.4.6). Undefined where it is about none.
 */
export function modelPath({ message, path }: TracedMessage): string | undefined {
  if (!message) return undefined;
  // An answer whose question is not in the trace may be to any.
  if (path === undefined || path === '/' || path === '/dp') return '/';
  return /^(?:\/(?!\d+(?:\/|$))[^/]+)*((?:\/\d+){1,4})$/.exec(path)?.[1];
}

/** Whether the payload of a message holds a key or a password, or may: one that can't be read is taken to. */
export function holdsSecret(traced: TracedMessage): boolean {
  const { message } = traced;
  const path = modelPath(traced);
  if (!message || message.payload.length === 0 || path === undefined || !mayHoldSecret(path)) return false;
  // Error texts; lists of paths to read.
  if (/^[45]/.test(message.code) || message.code === '0.05') return false;
  if (isPart(message)) return true;
  try {
    const values = decodeContent(contentFormatOf(message), path, message.payload, resourceDefinition);
    return [...values.keys()].some(isSecret);
  } catch {
    return !isLinks(message);
  }
}

/** The datagram, with zeros for a payload that holds a secret. */
export function maskedData(traced: TracedMessage): Uint8Array {
  const { entry, message } = traced;
  if (!message || !holdsSecret(traced)) return entry.data;
  // The payload is the end of a message (RFC 7252 §3).
  return Uint8Array.from(entry.data).fill(0, entry.data.length - message.payload.length);
}

function mayHoldSecret(path: string): boolean {
  const [objectId, , resourceId] = pathIds(path) ?? [];
  if (objectId === undefined) return true;
  const resources = secretResources[objectId];
  return resources !== undefined && (resourceId === undefined || resources.includes(resourceId));
}

/** Links name what there is, and hold no values: application/link-format. */
function isLinks(message: CoapMessage): boolean {
  return contentFormatOf(message) === 40;
}
