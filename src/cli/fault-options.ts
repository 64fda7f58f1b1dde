import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Faults } from '../board/faults';
import { probability, seconds, wholeNumber } from './usage';

/** Options that make a virtual board misbehave. */
export interface FaultOptions {
  readonly loss?: number;
  readonly corruption?: number;
  readonly delay?: number;
  readonly seed?: number;
  readonly downloadResult?: number;
  readonly updateResult?: number;
  readonly installResult?: number;
  readonly uninstallResult?: number;
  /** ms. */
  readonly defer?: number;
  readonly delivery?: 'pull' | 'push';
  readonly resetAtBlock?: number;
  readonly vanishAtBlock?: number;
  readonly incompleteAtBlock?: number;
  readonly busyAtBlock?: { readonly num: number; readonly times: number };
  readonly maxBlockSize?: number;
  readonly hint: boolean;
  readonly notifications: boolean;
  readonly return: boolean;
  readonly refusePatches?: boolean;
  readonly rollBack?: boolean;
}

const block = wholeNumber(0, 2 ** 20 - 1);

/** Adds them. */
export function withFaults(command: Command): Command {
  return command
    .optionsGroup('Faults:')
    .option('--loss <probability>', 'lose datagrams, both ways', probability)
    .option('--corruption <probability>', 'change a bit of datagrams, both ways', probability)
    .option('--delay <ms>', 'delay datagrams, both ways', wholeNumber(0, 60_000))
    .option('--seed <number>', 'of the random numbers (default: 1)', wholeNumber(0))
    .option('--download-result <result>', 'end downloads with this Update Result', wholeNumber(2, 9))
    .option('--update-result <result>', 'end updates with this Update Result', wholeNumber(2, 11))
    .option(
      '--install-result <result>',
      'let the installation of software fail with this Update Result',
      wholeNumber(50, 200),
    )
    .option(
      '--uninstall-result <result>',
      'let the uninstallation of software for an update fail with this Update Result',
      wholeNumber(50, 200),
    )
    .option('--defer <seconds>', 'put an update off once, for that long', seconds)
    .addOption(new Option('--delivery <way>', 'take packages in this way only').choices(['pull', 'push']))
    .option('--reset-at-block <number>', 'lose power at that block, and come back', block)
    .option('--vanish-at-block <number>', 'fall silent for good at that block', block)
    .option('--incomplete-at-block <number>', 'answer 4.08 once at that block', block)
    .option('--busy-at-block <number[:times]>', 'answer 5.03 at that block', busy)
    .option('--max-block-size <bytes>', 'answer 4.13 to larger blocks', blockSize)
    .option('--no-hint', 'do not say in the 4.13 which size would do')
    .option('--no-notifications', 'send no notifications')
    .option('--no-return', 'take the update and never come back')
    .option('--refuse-patches', 'find every patch made for another image')
    .option('--roll-back', 'start the new image, which does not confirm itself, and roll back');
}

/** The faults that were asked for. */
export function faultsOf(options: FaultOptions): Faults {
  const { loss, corruption, delay, seed, maxBlockSize } = options;
  const impaired = loss !== undefined || corruption !== undefined || delay !== undefined;
  return {
    ...(impaired && {
      impairments: {
        ...(loss !== undefined && { loss }),
        ...(corruption !== undefined && { corruption }),
        ...(delay !== undefined && { delayMs: delay }),
      },
    }),
    ...(seed !== undefined && { seed }),
    ...(options.downloadResult !== undefined && { downloadResult: options.downloadResult }),
    ...(options.updateResult !== undefined && { updateResult: options.updateResult }),
    ...(options.installResult !== undefined && { installResult: options.installResult }),
    ...(options.uninstallResult !== undefined && { uninstallResult: options.uninstallResult }),
    ...(options.defer !== undefined && { deferMs: options.defer }),
    // Firmware Update Delivery Method (5/0/9).
    ...(options.delivery && { delivery: options.delivery === 'pull' ? 0 : 1 }),
    ...(options.resetAtBlock !== undefined && { resetAtBlock: options.resetAtBlock }),
    ...(options.vanishAtBlock !== undefined && { vanishAtBlock: options.vanishAtBlock }),
    ...(options.incompleteAtBlock !== undefined && { incompleteAtBlock: options.incompleteAtBlock }),
    ...(options.busyAtBlock && { busyAtBlock: options.busyAtBlock }),
    // RFC 7959 §2.2: a block has 2^(SZX + 4) bytes.
    ...(maxBlockSize !== undefined && {
      tooLarge: { szx: Math.log2(maxBlockSize) - 4, hint: options.hint },
    }),
    ...(!options.notifications && { loseNotifications: true }),
    ...(!options.return && { neverReturns: true }),
    ...(options.refusePatches && { refusesPatches: true }),
    ...(options.rollBack && { rollsBack: true }),
  };
}

function busy(text: string): { num: number; times: number } {
  const [num = '', times = '1'] = text.split(':');
  return { num: block(num), times: wholeNumber(1, 1000)(times) };
}

function blockSize(text: string): number {
  const bytes = Number(text);
  if (![16, 32, 64, 128, 256, 512, 1024].includes(bytes)) {
    throw new InvalidArgumentError('It must be a power of two from 16 to 1024.');
  }
  return bytes;
}
