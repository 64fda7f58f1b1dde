import type { TracedMessage } from '../../coap/trace-exchanges';
import { ContentFormat, decodeContent, decodePaths } from '../content-format';
import { resourceDefinition } from '../objects/objects';
import type { ResourceValues } from '../values';
import { contentFormatOf, holdsSecret, isPart, modelPath } from './secrets';

/** What is in a payload, for whoever shows it. */
export type TracedPayload =
  | { readonly kind: 'none' }
  | { readonly kind: 'values'; readonly values: ResourceValues }
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'text'; readonly text: string }
  /** Nothing is known of them but how many there are, and why. */
  | {
      readonly kind: 'bytes';
      readonly bytes: number;
      readonly why: 'opaque' | 'part' | 'secret' | 'unreadable';
    };

/** Text is shown up to here, characters. */
const mostText = 4000;
const json = 50;
const fetchCode = '0.05';

/** Reads the payload of a message by its Content-Format. Values may be secret: see `isSecret`. */
export function tracedPayload(traced: TracedMessage): TracedPayload {
  const { message } = traced;
  if (!message || message.payload.length === 0) return { kind: 'none' };
  const { payload, code } = message;
  const format = contentFormatOf(message);
  const bytes = payload.length;
  const path = modelPath(traced);
  const isError = /^[45]/.test(code);
  // A diagnostic message (RFC 7252 §5.5.2).
  if (isError && format === undefined) return text(payload);
  if (isPart(message)) return { kind: 'bytes', bytes, why: holdsSecret(traced) ? 'secret' : 'part' };
  if (format === ContentFormat.linkFormat || format === json) return text(payload);
  try {
    if (code === fetchCode) return { kind: 'paths', paths: decodePaths(format, payload) };
    if (path !== undefined) {
      const values = decodeContent(format, path, payload, resourceDefinition);
      return { kind: 'values', values };
    }
  } catch {
    return { kind: 'bytes', bytes, why: holdsSecret(traced) ? 'secret' : 'unreadable' };
  }
  if (format === ContentFormat.text) return text(payload);
  return { kind: 'bytes', bytes, why: 'opaque' };
}

function text(payload: Uint8Array): TracedPayload {
  const whole = Buffer.from(payload.subarray(0, mostText)).toString('utf8');
  return { kind: 'text', text: payload.length > mostText ? `${whole}…` : whole };
}
