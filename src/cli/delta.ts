import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { SlipwayError } from '../base/errors';
import { applyPatch } from '../image/delta/apply-patch';
import { makeDelta } from '../image/delta/make-delta';
import { type Compression, compressionNames } from '../image/delta/patch-format';
import { defaultImageLimit, readBytes } from '../image/read-image';
import { bytesText } from '../ui/quantities';
import type { Context, Run } from './context';
import { exitCodes } from './exit-codes';
import { usageError } from './usage';

interface DeltaOptions {
  readonly output: string;
  readonly compression: Compression;
}

interface PatchOptions {
  readonly output: string;
  readonly sha256?: string;
}

/** `slipway delta BASE TARGET -o PATCH` */
export function deltaCommand(command: Command): Command {
  return command
    .description('make a patch from one image to another, as detools applies it')
    .argument('<base>', 'the image that the board has')
    .argument('<target>', 'the image that it shall have')
    .requiredOption('-o, --output <file>', 'where the patch goes')
    .addOption(
      new Option('--compression <name>', 'how the patch is compressed')
        .choices(compressionNames)
        .default('heatshrink'),
    );
}

export const delta: Run<[base: string, target: string, options: DeltaOptions]> = async (
  context,
  baseFile,
  targetFile,
  { output, compression },
) => {
  const [base, target] = await Promise.all([readBytes(baseFile), readBytes(targetFile)]);
  // Beside the bundle of the command line.
  const workerFile = join(__dirname, 'delta-worker.js');
  const patch = await makeDelta(base, target, { workerFile, compression, signal: context.signal });
  await write(output, patch);
  const share = Math.round((patch.length / target.length) * 100);
  context.output.print(
    `${output}: ${bytesText(patch.length)}, ${share} % of ${bytesText(target.length)}; gives SHA-256 ${sha256(target)}`,
  );
  if (patch.length >= target.length) context.output.print('The full image is no larger: push that instead.');
  context.output.event({
    type: 'delta',
    file: output,
    bytes: patch.length,
    compression,
    baseSha256: sha256(base),
    targetBytes: target.length,
    targetSha256: sha256(target),
  });
  return exitCodes.done;
};

/** `slipway patch BASE PATCH -o TARGET` */
export function patchCommand(command: Command): Command {
  return command
    .description('apply a patch of delta, or of detools, to an image')
    .argument('<base>', 'the image that the patch was made from')
    .argument('<patch>', 'the patch')
    .requiredOption('-o, --output <file>', 'where the resulting image goes')
    .option('--sha256 <hex>', 'digest the result must have: a patch itself can’t tell a wrong base');
}

export const patch: Run<[base: string, patch: string, options: PatchOptions]> = async (
  context: Context,
  baseFile,
  patchFile,
  { output, sha256: expected },
) => {
  if (expected !== undefined && !/^[0-9a-f]{64}$/i.test(expected)) {
    throw usageError('error: --sha256 takes 64 hexadecimal digits');
  }
  const [base, bytes] = await Promise.all([readBytes(baseFile), readBytes(patchFile)]);
  const target = applyPatch(base, bytes, defaultImageLimit);
  const actual = sha256(target);
  if (expected !== undefined && actual !== expected.toLowerCase()) {
    throw new SlipwayError('delta.wrong-result', { expected: expected.toLowerCase(), actual });
  }
  await write(output, target);
  context.output.print(`${output}: ${bytesText(target.length)}, SHA-256 ${actual}`);
  context.output.event({ type: 'image', file: output, bytes: target.length, sha256: actual });
  return exitCodes.done;
};

async function write(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('image.unwritable', { file, reason }, { cause });
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
