import { SlipwayError } from '../base/errors';

/** Whether a board answered to a read that it has no such thing (4.04), or nothing in it to be read (4.05). */
export function isAbsence(error: unknown): boolean {
  return SlipwayError.is(error, 'coap.response') && ['4.04', '4.05'].includes(error.details.code);
}
