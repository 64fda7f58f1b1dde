import { type ErrorCode, SlipwayError } from '../base/errors';
import { type Description, describeCode, describeError } from '../ui/wording';

/** What to do about it in a terminal, where the usual remedy speaks of the editor. */
const remedies: Partial<Record<ErrorCode, string>> = {
  'link.not-found': 'Plug the board in, or see `slipway ports` for the ports there are.',
  'link.busy': 'Close the other program, for example a serial monitor, a flash tool or VS Code.',
  'link.failed': 'Check cable and board, then try again.',
  'link.closed': 'Check cable and board, then try again.',
  'lwm2m.port-in-use': 'Stop the other LwM2M or CoAP server, or choose another port.',
  'lwm2m.no-board': 'Reset the board so that it registers, or wait longer with --wait.',
  'lwm2m.no-such-board':
    'See `slipway boards` for the boards there are, reset the board so that it registers, or wait longer with --wait.',
  'update.downgrade': 'Push it with --allow-downgrade if you want the older one.',
  'update.vendor-mismatch': 'Sign it again with the board’s --vendor.',
  'update.class-mismatch': 'Sign it again with the board’s --class.',
  'update.phase-timeout': 'See the board’s console; if the board is only slow, raise --timeout.',
  'update.unexpected': 'Run it again with --verbose and please report that text.',
  'image.wrong-kind': 'Give the BIN, HEX or ELF file of the build.',
  'image.too-large': 'Check that it is the firmware and nothing else.',
  'image.empty': 'Build again and check the file.',
  'suit.unsigned': 'Sign it first: slipway sign IMAGE --key NAME --class CLASS',
  'suit.vendor-mismatch': 'Sign it again with the board’s --vendor.',
  'suit.class-mismatch': 'Sign it again with the board’s --class.',
  'key.none': 'Make one: slipway keygen NAME',
  'key.storage': 'Check its permissions, or choose another folder with --keys.',
  'key.import-public': 'Give the file of the private key, or import it with --public.',
  'key.import-private': 'Import it without --public, so that it is encrypted.',
  'key.import-certificate': 'Import the key, then add the certificate: slipway keys chain NAME FILE',
  'key.import-secret': 'Import it without --public.',
  'key.sample': 'Sign with a key of your own. For an experiment, add --allow-sample-keys.',
  'key.not-found': 'Check its name and --keys, or make one: slipway keygen NAME',
};

/** What a user of the terminal reads about an error. */
export function describe(error: unknown): Description {
  const description = describeError(error);
  if (!SlipwayError.is(error)) {
    return { ...description, remedy: 'Run it again with --verbose and please report that text.' };
  }
  return withRemedy(error.code, description);
}

/** The same for an error as it stands in an update's record. */
export function describeRecorded(error: {
  readonly code: ErrorCode;
  readonly details: unknown;
}): Description {
  return withRemedy(error.code, describeCode(error.code, error.details as never));
}

function withRemedy(code: ErrorCode, description: Description): Description {
  const remedy = remedies[code];
  return remedy === undefined ? description : { ...description, remedy };
}
