import type { Command } from 'commander';
import { hasBrokenRule, type Inspection, type InspectionField } from '../image/inspection';
import { readBytes } from '../image/read-image';
import { inspectFile } from '../manifest/inspect-file';
import type { Run } from './context';
import { exitCodes } from './exit-codes';
import { imageKeys } from './image-keys';
import { withKeyFolder } from './key-options';
import type { Output } from './output';
import { trustOf, type TrustOptions, withTrust } from './trust-options';
import { collect } from './usage';
import { readPrivateKey } from './verify-mcuboot';
import { describe } from './wording';

interface InspectOptions extends TrustOptions {
  readonly key?: readonly string[];
  readonly decryptWith?: string;
}

/** `slipway inspect FILE` */
export function inspectCommand(command: Command): Command {
  command
    .description('take a package or an MCUboot image apart, field by field, and check it')
    .argument('<file>', 'the package or image, an image also in an Intel HEX or ELF file')
    .option(
      '--key <name-or-pem>',
      'key to trust, by name or as the PEM file of its public half; repeatable',
      collect,
    )
    .option('--decrypt-with <pem>', 'file of the bootloader’s private key, for an encrypted image');
  return withTrust(withKeyFolder(command));
}

export const inspect: Run<[file: string, options: InspectOptions]> = async (context, file, options) => {
  const { decryptWith, key = [] } = options;
  const { inspection } = await inspectFile(file, await readBytes(file), {
    envelope: async () => await trustOf(context, key, options),
    image: async () => ({
      trustedKeys: await imageKeys(context, key, options),
      ...(decryptWith !== undefined && { decryptionKey: await readPrivateKey(decryptWith) }),
    }),
  });
  print(context.output, file, inspection);
  return hasBrokenRule(inspection) ? exitCodes.packageRefused : exitCodes.done;
};

const marks = { holds: '✓', broken: '✗', 'not-checked': '?' } as const;

function print(output: Output, file: string, inspection: Inspection): void {
  const { kind, size, fields, checks } = inspection;
  output.print(`${file}: ${kind}, ${size} bytes`);
  for (const field of fields) printField(output, field, 1);
  for (const { rule, verdict, error, missing } of checks) {
    const why = error ? ` ${describe(error).message}` : missing === undefined ? '' : ` Missing: ${missing}.`;
    output.print(`${marks[verdict]} ${rule}${why}`);
  }
  output.event({
    type: 'inspection',
    file,
    kind,
    size,
    fields,
    checks: checks.map(({ error, ...check }) => ({
      ...check,
      ...(error && { code: error.code, message: describe(error).message }),
    })),
  });
}

function printField(
  output: Output,
  { name, value, at, children = [] }: InspectionField,
  depth: number,
): void {
  const where = at ? `0x${at.offset.toString(16).padStart(5, '0')}` : '       ';
  output.print(`${where}${'  '.repeat(depth)}${name}${value === '' ? '' : `: ${value}`}`);
  for (const child of children) printField(output, child, depth + 1);
}
