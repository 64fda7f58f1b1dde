import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { SlipwayError } from '../base/errors';
import { traceMessages } from '../coap/trace-exchanges';
import { TraceRecorder } from '../coap/trace-recorder';
import { captureFile } from '../lwm2m/trace/capture-file';
import type { Context } from './context';

export interface TraceOptions {
  readonly trace?: string;
}

/** A terminal command ends, so that it may keep all it saw: 256 MiB. */
const limits = { entries: 2_000_000, bytes: 256 * 1024 * 1024 };

/** Adds `--trace`. */
export function withTrace(command: Command): Command {
  return command.option(
    '--trace <file>',
    'write every CoAP message, without keys and passwords, to this pcapng file, for Wireshark',
  );
}

/**
 * Runs `work` with a recorder that is written to the file of `--trace` when it ends, however it does; with none where
 * there is no such option. Rejects `trace.not-written`, for a file that can't be written to before any work.
 */
export async function traced<T>(
  context: Context,
  { trace: file }: TraceOptions,
  work: (recorder: TraceRecorder | undefined) => Promise<T>,
): Promise<T> {
  if (file === undefined) return await work(undefined);
  const recorder = new TraceRecorder(context.clock, limits);
  await write(file, recorder);
  const finish = async (): Promise<void> => {
    await write(file, recorder);
    context.output.note(`Trace: ${recorder.entries.length} messages in ${file}`);
  };
  let result: T;
  try {
    result = await work(recorder);
  } catch (error) {
    // The error of the work is the one to tell.
    await finish().catch(() => context.output.note(`The trace could not be written to ${file}.`));
    throw error;
  }
  await finish();
  return result;
}

async function write(file: string, { entries }: TraceRecorder): Promise<void> {
  try {
    await writeFile(file, captureFile(traceMessages(entries), 'Slipway'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SlipwayError('trace.not-written', { file, reason }, { cause });
  }
}
