import type { ErrorCode, ErrorDetails } from '../base/errors';
import type { Localize } from './localize';

/** Makes the words for one code from its facts. */
export type Wording<C extends ErrorCode> = (
  details: ErrorDetails[C],
  t: Localize,
) => readonly [message: string, remedy?: string];

/** The words for each of some codes; a code without words does not compile. */
export type Wordings<Codes extends ErrorCode> = { readonly [C in Codes]: Wording<C> };

/** A reason from elsewhere, to be put inside a sentence. */
export function withoutStop(text: string): string {
  return text.replace(/\.+$/, '');
}
