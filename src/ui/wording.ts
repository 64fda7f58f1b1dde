import { type ErrorCode, type ErrorDetails, SlipwayError } from '../base/errors';
import { codeText } from '../coap/code-names';
import type { UpdateOutcome } from '../update/types';
import { batchWordings } from './batch-wording';
import { bootstrapWordings } from './bootstrap-wording';
import { componentsWordings } from './components-wording';
import { deltaWordings } from './delta-wording';
import { emulatorWordings } from './emulator-wording';
import { imageWordings } from './image-wording';
import { english, type Localize } from './localize';
import { lwm2mWordings } from './lwm2m-wording';
import { mcubootWordings } from './mcuboot-wording';
import { phaseNoun } from './phase-wording';
import { preflightWordings } from './preflight-wording';
import { bytesText, durationText } from './quantities';
import { responseWordings, withDiagnostic } from './response-wording';
import { signingWordings } from './signing-wording';
import { softwareWordings } from './software-wording';
import { traceWordings } from './trace-wording';
import { updateResultText } from './update-result-wording';
import { type Wordings, withoutStop } from './wording-table';

/** What a user reads: what happened and where, and what to do about it. */
export interface Description {
  readonly message: string;
  readonly remedy?: string;
}

/** Words for any error; one that is not of the product's family is shown as it says itself. */
export function describeError(error: unknown, t: Localize = english): Description {
  if (SlipwayError.is(error)) return describeCode(error.code, error.details, t);
  const reason = error instanceof Error ? error.message : String(error);
  return {
    message: t('Something unexpected went wrong: {0}', reason),
    remedy: t('The Slipway output channel has more; please report it with that text.'),
  };
}

/** Words for an error as it stands in an update's record. */
export function describeCode<C extends ErrorCode>(
  code: C,
  details: ErrorDetails[C],
  t: Localize = english,
): Description {
  const describe = wordings[code] as (details: ErrorDetails[C], t: Localize) => readonly [string, string?];
  const [message, remedy] = describe(details, t);
  return remedy === undefined ? { message } : { message, remedy };
}

/** One text: the message, and the remedy after it. */
export function errorText(error: unknown, t: Localize = english): string {
  const { message, remedy } = describeError(error, t);
  return remedy === undefined ? message : `${message} ${remedy}`;
}

/** A link's id as people call it: `serial:/dev/ttyUSB0` is the port `/dev/ttyUSB0`. */
export function linkName(id: string): string {
  return id.replace(/^(serial|memory):/, '');
}

const wordings: Wordings<ErrorCode> = {
  cancelled: ({ reason }, t) => [reason === undefined ? t('Cancelled.') : t('Cancelled: {0}.', reason)],

  'link.not-found': ({ link }, t) => [
    t('{0} is not there.', linkName(link)),
    t('Plug the board in; the port is opened as soon as it appears.'),
  ],
  'link.busy': ({ link }, t) => [
    t('{0} is in use by another program.', linkName(link)),
    /^(udp|coap\+tcp):/.test(link)
      ? t(
          'Stop the other LwM2M or CoAP server, or choose another port in the settings slipway.server.udp.port and slipway.connections.',
        )
      : t('Close the other serial monitor or flash tool; Slipway tries again by itself.'),
  ],
  'link.permission': ({ link, group }, t) => [
    t('You have no permission to open {0}.', linkName(link)),
    group === undefined
      ? t('Give your user read and write access to the device.')
      : t('Join the group that owns it, then log in again: sudo usermod -aG {0} "$USER"', group),
  ],
  'link.refused': ({ link }, t) => [
    t('Nothing answers at {0}: the connection was refused.', linkName(link)),
    t('Start the serial bridge or emulator there, or correct the address.'),
  ],
  'link.closed': ({ link }, t) => [
    t('The connection to {0} is closed.', linkName(link)),
    t('Connect the port again, or take it back if it was released.'),
  ],
  'link.invalid-address': ({ address }, t) => [
    t('"{0}" is no address that Slipway can connect to.', address),
    t(
      'Write a port such as /dev/ttyUSB0 or COM3, or tcp://host:port, udp://host:port or coap+tcp://host:port.',
    ),
  ],
  'link.failed': ({ link, reason }, t) => [
    t('{0} failed: {1}.', linkName(link), withoutStop(reason)),
    t('Check cable and board; Slipway tries again by itself.'),
  ],

  'coap.timeout': ({ peer, method, path }, t) => [
    t('{0} did not answer {1} {2}.', linkName(peer), method, path),
    t('Check that the board is powered and still registered, then try again.'),
  ],
  'coap.reset': ({ peer, method, path }, t) => [
    t('{0} rejected {1} {2} with a Reset.', linkName(peer), method, path),
    t('Its firmware may have restarted; try again once it has registered.'),
  ],
  'coap.malformed': ({ reason }, t) => [
    t('A CoAP message could not be understood: {0}.', withoutStop(reason)),
    t('If it keeps coming, check the line rate and the board’s CoAP library.'),
  ],
  ...responseWordings,
  'block.refused': ({ path, code, offset, diagnostic }, t) => [
    withDiagnostic(
      t('The board refused the package for {0} with {1} after {2}.', path, codeText(code), bytesText(offset)),
      diagnostic,
      t,
    ),
    t('See its console for the reason, reset its update state, and push again.'),
  ],
  'block.timeout': ({ path, offset, attempts }, t) => [
    t(
      'The board went silent during the push to {0}: no answer after {1} and {2} attempts.',
      path,
      bytesText(offset),
      attempts,
    ),
    t('Check cable and power, then push again.'),
  ],

  'lwm2m.malformed': ({ format, reason }, t) => [
    t('The board sent {0} that can’t be read: {1}.', format, withoutStop(reason)),
    t('This is a fault in the board’s LwM2M client; the log at trace level shows the bytes.'),
  ],
  'lwm2m.unsupported-format': ({ contentFormat }, t) => [
    t('The board uses content format {0}, which Slipway does not know.', contentFormat),
    t('Let the board use TLV, SenML CBOR, SenML JSON, CBOR or text.'),
  ],
  'lwm2m.bad-value': ({ path, reason }, t) => [
    t('The value for {0} does not fit: {1}.', path, withoutStop(reason)),
    t('Compare it with the type and range of the resource.'),
  ],
  'lwm2m.offline': ({ board }, t) => [
    t('{0} is offline.', board),
    t('Power it and wait until it registers again.'),
  ],
  'lwm2m.no-such-board': ({ board }, t) => [
    t('There is no board named {0}.', board),
    t('Choose one that is listed in the Slipway view.'),
  ],
  'lwm2m.port-in-use': ({ host, port }, t) => [
    t('UDP port {1} on {0} is in use by another program.', host, port),
    t('Stop the other LwM2M or CoAP server, or choose a port with the setting slipway.server.udp.port.'),
  ],

  'lwm2m.no-board': (_details, t) => [
    t('No board is online.'),
    t('Connect the port of your board, or start a virtual board.'),
  ],

  'update.no-object': ({ board, objectId }, t) => [
    t('{0} can’t be updated: it does not offer object {1}.', board, objectId),
    objectId === 5
      ? t('Enable the Firmware Update object in the board’s LwM2M client.')
      : t('Enable object {0} in the board’s LwM2M client.', objectId),
  ],
  'update.push-unsupported': ({ board }, t) => [
    t('{0} takes no pushed packages: its Delivery Method is pull only.', board),
    t('Enable push delivery (5/0/9) in the board’s LwM2M client.'),
  ],
  'update.pull-unsupported': ({ board }, t) => [
    t('{0} fetches no packages: its Delivery Method is push only.', board),
    t('Choose auto or push in the setting slipway.update.delivery.'),
  ],
  'update.no-protocol': ({ board, protocols }, t) => [
    t(
      '{0} can’t fetch the package: it knows {1}, by which Slipway offers nothing to it.',
      board,
      protocols.map((number) => protocolNames[number] ?? number).join(', '),
    ),
    t('Switch on slipway.server.http.enabled for boards that fetch by HTTP, or let packages be pushed.'),
  ],
  'update.busy': ({ board }, t) => [
    t('{0} is being updated already.', board),
    t('Wait until that update ends, or cancel it.'),
  ],
  ...batchWordings,
  'update.wrong-state': ({ board, state }, t) => [
    t('{0} can’t take a package now: its update state is {1}.', board, stateText(state, t)),
    t('Wait until it has finished, or reset its update state.'),
  ],
  'update.rejected': ({ board, result, phase }, t) => {
    const { text, remedy } = updateResultText(result, t);
    return [
      t(
        '{0} refused the update ({1}): {2} (Update Result {3}).',
        board,
        phaseNoun(phase, t),
        lowerFirst(text),
        result,
      ),
      remedy,
    ];
  },
  'update.phase-timeout': ({ board, phase, timeoutMs }, t) => [
    t('{0} did not finish in {2}: {1}.', board, phaseNoun(phase, t), durationText(timeoutMs)),
    t(
      'See its console; if the board is only slow, raise the timeout in the settings under slipway.update.timeouts.',
    ),
  ],
  'update.board-lost': ({ board, phase, bytesSent }, t) => [
    t('{0} vanished during the update ({1}), after {2}.', board, phaseNoun(phase, t), bytesText(bytesSent)),
    t('It keeps the firmware it ran before. Check cable and power, wait until it registers, and push again.'),
  ],
  'update.unexpected': ({ reason }, t) => [
    t('The update broke off for a reason nobody foresaw: {0}.', withoutStop(reason)),
    t('The Slipway output channel has more; please report it with that text.'),
  ],
  'update.wrong-version': ({ board, expected, actual }, t) => [
    t('{0} reports success but runs {2} instead of {1}.', board, expected, actual),
    t('It may have rolled back: see its console, and check the version that the image itself reports.'),
  ],

  ...preflightWordings,
  ...imageWordings,
  ...mcubootWordings,
  ...signingWordings,
  ...emulatorWordings,
  ...deltaWordings,
  ...lwm2mWordings,
  ...bootstrapWordings,
  ...softwareWordings,
  ...traceWordings,
  ...componentsWordings,

  'build.no-command': ({ folder }, t) => [
    t('No way to build {0} was found.', folder),
    t('Set slipway.build.command to the command that builds your firmware.'),
  ],
  'build.failed': ({ command, exitCode }, t) => [
    exitCode === null
      ? t('The build “{0}” was ended before it was done.', command)
      : t('The build “{0}” failed with exit code {1}.', command, exitCode),
    t('The terminal and the Problems view show why.'),
  ],
  'build.no-artifact': ({ folder, pattern }, t) => [
    t('The build made no file that matches {1} in {0}.', folder, pattern),
    t('Set slipway.build.artifact to the pattern of the BIN, HEX or ELF file your build makes.'),
  ],
  'build.stale-artifact': ({ file, pattern }, t) => [
    t('The build made nothing new: {0} (pattern {1}) is older than the build.', file, pattern),
    t('Check that the build command builds that file, and that slipway.build.artifact picks the right one.'),
  ],
  'build.busy': ({ folder }, t) => [
    t('A build of {0} is under way.', folder),
    t('Wait until it ends, or end its terminal.'),
  ],
  'build.no-folder': (_details, t) => [
    t('No folder is open that could be built.'),
    t('Open the folder of your firmware project.'),
  ],
  'build.no-package': ({ folder }, t) => [
    t('{0} has no signed package yet.', folder),
    t('Build and sign it first.'),
  ],
  'build.untrusted': ({ folder }, t) => [
    t('{0} is not trusted, and a build runs code from it.', folder),
    t('Trust the workspace to build it (command Workspaces: Manage Workspace Trust).'),
  ],
};

/** State (5/0/3) in a word or two. */
export function stateText(state: number, t: Localize = english): string {
  switch (state) {
    case 0:
      return t('Idle');
    case 1:
      return t('Downloading');
    case 2:
      return t('Downloaded');
    case 3:
      return t('Updating');
    default:
      return t('Unknown ({0})', state);
  }
}

export function outcomeText(outcome: UpdateOutcome, t: Localize = english): string {
  switch (outcome) {
    case 'succeeded':
      return t('Succeeded');
    case 'failed':
      return t('Failed');
    case 'cancelled':
      return t('Cancelled');
    case 'interrupted':
      return t('Interrupted');
  }
}

/** Firmware Update Protocol Support (5/0/8). */
const protocolNames: Readonly<Record<number, string>> = {
  0: 'CoAP',
  1: 'CoAPS',
  2: 'HTTP',
  3: 'HTTPS',
  4: 'CoAP over TCP',
  5: 'CoAP over TLS',
};

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
