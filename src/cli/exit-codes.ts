import { type ErrorCode, SlipwayError } from '../base/errors';
import type { UpdateRecord } from '../update/types';

/** What the process ends with; scripts rely on these numbers. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  noBoard: 3,
  packageRefused: 4,
  updateFailed: 5,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For the help text. */
export const exitCodesHelp = `
Exit codes:
  0    done
  1    something unexpected
  2    wrong usage
  3    no board, or a problem with the port or link
  4    package, image or key refused
  5    the board refused, or the update failed
  130  interrupted`;

/** What an error means for a script. `during` an update, everything that goes wrong is the update's failure. */
export function exitCodeOf(error: unknown, during: 'update' | 'other' = 'other'): ExitCode {
  if (!SlipwayError.is(error)) return exitCodes.unexpected;
  return exitCodeOfCode(error.code, during);
}

/** The same for an error as it stands in an update's record. */
export function exitCodeOfCode(code: ErrorCode, during: 'update' | 'other' = 'other'): ExitCode {
  if (code === 'cancelled') return exitCodes.interrupted;
  if (code === 'update.unexpected') return exitCodes.unexpected;
  if (during === 'update') return exitCodes.updateFailed;
  const [family] = code.split('.');
  switch (family) {
    case 'link':
      return exitCodes.noBoard;
    case 'lwm2m':
      return isAbsence(code) ? exitCodes.noBoard : exitCodes.updateFailed;
    case 'image':
    case 'mcuboot':
    case 'suit':
    case 'key':
    case 'sequence':
    case 'delta':
      return exitCodes.packageRefused;
    case 'coap':
    case 'block':
    case 'update':
    case 'software':
    case 'components':
    case 'bootstrap':
      return exitCodes.updateFailed;
    default:
      return exitCodes.unexpected;
  }
}

/** The same for a run that ended, by its record. */
export function exitCodeOfRecord({ outcome, error }: Pick<UpdateRecord, 'outcome' | 'error'>): ExitCode {
  if (outcome === 'succeeded') return exitCodes.done;
  if (outcome === 'cancelled' || outcome === 'interrupted') return exitCodes.interrupted;
  return error ? exitCodeOfCode(error.code, 'update') : exitCodes.updateFailed;
}

function isAbsence(code: ErrorCode): boolean {
  return ['lwm2m.offline', 'lwm2m.no-such-board', 'lwm2m.no-board', 'lwm2m.port-in-use'].includes(code);
}
