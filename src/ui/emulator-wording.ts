import type { ErrorCode } from '../base/errors';
import { type Wordings, withoutStop } from './wording-table';

/** Words for errors of the emulated board. */
export const emulatorWordings: Wordings<Extract<ErrorCode, `emulator.${string}`>> = {
  'emulator.unsupported': ({ platform }, t) => [
    t('QEMU can’t keep a board’s flash in a file on this system ({0}).', platform),
    t('Open the project in WSL, a container or on Linux or macOS, or start a virtual board.'),
  ],
  'emulator.no-qemu': ({ program }, t) => [
    t('The emulator {0} could not be started.', program),
    t(
      'Install QEMU (Debian: apt-get install qemu-system-arm; macOS: brew install qemu), or set slipway.emulatedBoard.qemu.',
    ),
  ],
  'emulator.no-firmware': ({ file }, t) => [
    t('The emulated board has no firmware to start with: {0} is not there.', file),
    t(
      'Build the project, or correct slipway.emulatedBoard.bootloader and slipway.emulatedBoard.factoryImage.',
    ),
  ],
  'emulator.flash': ({ file, reason }, t) => [
    t('The flash of the emulated board, {0}, can’t be used: {1}.', file, withoutStop(reason)),
    t('Make room and give your user access to that folder, then start the board again.'),
  ],
  'emulator.ended': ({ exitCode, reason }, t) => [
    exitCode === null
      ? t('The emulator was killed, or crashed.')
      : t('The emulator ended by itself (exit code {0}): {1}.', exitCode, withoutStop(reason) || '…'),
    t('Start the board again; what was in its flash is still there.'),
  ],
};
