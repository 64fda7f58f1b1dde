import { SlipwayError } from '../base/errors';
import type { Description } from '../ui/wording';
import type { ExitCode } from './exit-codes';
import type { Output } from './output';
import { describe } from './wording';

/** Says what went wrong and what to do about it. */
export function reportDescription(output: Output, { message, remedy }: Description): void {
  output.note(`error: ${message}`);
  if (remedy !== undefined) output.note(remedy);
}

/** The same for an error that ended a command, and as an object for machines. */
export function reportError(output: Output, error: unknown, exitCode: ExitCode): void {
  const description = describe(error);
  reportDescription(output, description);
  output.event({
    type: 'error',
    ...(SlipwayError.is(error) && { code: error.code, details: error.details }),
    ...description,
    exitCode,
  });
}
