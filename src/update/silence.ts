import { SlipwayError } from '../base/errors';

const silences: readonly string[] = [
  'coap.timeout',
  'coap.reset',
  'coap.response',
  'lwm2m.offline',
  'link.closed',
  'update.no-object',
];

/** Whether an error is one that a board in the middle of a reboot causes. */
export function isSilence(error: unknown): boolean {
  return SlipwayError.is(error) && silences.includes(error.code);
}
