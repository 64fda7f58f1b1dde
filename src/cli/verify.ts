import type { Command } from 'commander';
import { detectImageKind } from '../image/image-kind';
import { readBytes } from '../image/read-image';
import { SlipwayError } from '../base/errors';
import { isSuitEnvelope } from '../manifest/suit-peek';
import { verifyEnvelope } from '../manifest/suit-verify';
import type { VerifiedEnvelope } from '../manifest/types';
import { classIdOf, formatUuid, vendorIdOf } from '../manifest/uuid';
import { bytesText } from '../ui/quantities';
import type { Run } from './context';
import { exitCodes } from './exit-codes';
import { imageKeys } from './image-keys';
import { withKeyFolder } from './key-options';
import { hasTrust, type Trust, trustOf, type TrustOptions, withTrust } from './trust-options';
import { collect, usageError, wholeNumber } from './usage';
import { verifyMcuboot, type VerifyMcubootOptions } from './verify-mcuboot';

interface VerifyOptions extends TrustOptions, VerifyMcubootOptions {
  readonly key?: readonly string[];
  readonly vendor?: string;
  readonly class?: string;
  readonly minSequence?: number;
}

/** `slipway verify FILE` */
export function verifyCommand(command: Command): Command {
  command
    .description(
      'check a signed package by the rules of a board, an MCUboot image by those of its bootloader',
    )
    .argument('<file>', 'the package or image')
    .option(
      '--key <name-or-pem>',
      'key to trust, by name or as the PEM file of its public half; repeatable',
      collect,
    )
    .option('--vendor <domain>', 'vendor the package must be for')
    .option('--class <name>', 'kind of board the package must be for')
    .option('--min-sequence <number>', 'sequence number it must have at least', wholeNumber(0))
    .option('--min-counter <number>', 'security counter an MCUboot image must have at least', wholeNumber(0))
    .option('--decrypt-with <pem>', 'file of the bootloader’s private key, for an encrypted MCUboot image')
    .option('--allow-sample-keys', 'trust a published sample key of MCUboot as well');
  return withTrust(withKeyFolder(command));
}

export const verify: Run<[file: string, options: VerifyOptions]> = async (context, file, options) => {
  if (options.class !== undefined && options.vendor === undefined) {
    throw usageError('error: --class has a meaning only together with --vendor');
  }
  const bytes = await readBytes(file);
  const { key = [] } = options;
  if (detectImageKind(bytes) === 'MCUboot image') {
    if (key.length === 0) throw usageError('error: say whom to trust: --key');
    await verifyMcuboot(context.output, file, bytes, await imageKeys(context, key, options), options);
    return exitCodes.done;
  }
  const trust = await trustOf(context, key, options);
  if (!hasTrust(trust)) throw usageError('error: say whom to trust: --key, --mac-key or --root');
  const verified = verifyPackage(file, bytes, trust, options);
  const { keyId, algorithm, sequence, version, payload, payloadSha256, components } = verified;
  context.output.print(
    `${file}: good. Signed by key ${keyId.slice(0, 16)} (${algorithm}), sequence ${sequence}` +
      `${version === undefined ? '' : `, version ${version}`}, firmware of ${bytesText(payload.length)}`,
  );
  for (const component of components.filter((part) => part.payload !== payload)) {
    const of = component.version === undefined ? '' : ` ${component.version}`;
    const size = bytesText(component.payload.length);
    context.output.print(`  with ${component.componentId.join('/')}${of}: ${size}`);
  }
  context.output.event({
    type: 'verified',
    file,
    keyId,
    algorithm,
    sequence,
    ...(version !== undefined && { version }),
    vendorId: formatUuid(verified.vendorId),
    classId: formatUuid(verified.classId),
    payloadBytes: payload.length,
    payloadSha256,
    dialect: verified.dialect,
    components: components.map((component) => ({
      name: component.componentId.join('/'),
      ...(component.version !== undefined && { version: component.version }),
      bytes: component.payload.length,
      sha256: component.payloadSha256,
      encrypted: component.encrypted,
    })),
  });
  return exitCodes.done;
};

/** What a board does with a package before it takes it. Errors as `verifyEnvelope`, and `suit.unsigned`. */
export function verifyPackage(
  file: string,
  bytes: Uint8Array,
  trust: Trust,
  demands: Pick<VerifyOptions, 'vendor' | 'class' | 'minSequence'>,
): VerifiedEnvelope {
  if (bytes.length === 0) throw new SlipwayError('image.empty', { file });
  if (!isSuitEnvelope(bytes)) throw new SlipwayError('suit.unsigned', {});
  const vendorId = demands.vendor === undefined ? undefined : vendorIdOf(demands.vendor);
  return verifyEnvelope(bytes, {
    ...trust,
    ...(vendorId && { vendorId }),
    ...(vendorId && demands.class !== undefined && { classId: classIdOf(vendorId, demands.class) }),
    ...(demands.minSequence !== undefined && { minimumSequence: demands.minSequence }),
  });
}
