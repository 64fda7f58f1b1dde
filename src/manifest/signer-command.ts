import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock';
import { SlipwayError } from '../base/errors';
import type { KeyType } from '../base/key-signer';
import { signatureOptions } from './key-signing';
import { findSignature } from './signature-answer';

/** A program that signs with a key which never leaves its HSM or cloud. */
export interface SignerCommand {
  /** A name to be found on the PATH, or a path; no shell reads it. */
  readonly program: string;
  readonly args: readonly string[];
  /** What it gets on its standard input: all that is to be signed, or its digest in binary. */
  readonly input: 'message' | 'digest';
  readonly timeoutSeconds: number;
}

/** Far more than any signature in any encoding. */
const maxAnswer = 64 * 1024;
/** How much of what a program complains of is shown. */
const maxComplaint = 1000;

/** Who asks, for messages. */
export interface CommandKey {
  readonly name: string;
  readonly type: KeyType;
  readonly publicKeyPem: string;
  /** Where the program runs: not in a workspace, from which Windows would start a program of that name. */
  readonly folder: string;
}

/**
 * Has a command sign `message`. Its answer counts only if it verifies by the key's public half; it comes in the form
 * of `KeySigner.sign`. Errors: `key.command-failed`, `key.command-timeout`, `key.command-answer`.
 */
export async function signByCommand(
  command: SignerCommand,
  key: CommandKey,
  message: Uint8Array,
  clock: Clock,
): Promise<Uint8Array> {
  const answer = await run(command, key, inputOf(command, key, message), clock);
  const found = findSignature(answer, message, key.type, key.publicKeyPem);
  if ('signature' in found) return found.signature;
  throw new SlipwayError('key.command-answer', {
    key: key.name,
    program: command.program,
    fault: found.fault,
    bytes: answer.length,
  });
}

function inputOf({ input }: SignerCommand, { name, type }: CommandKey, message: Uint8Array): Uint8Array {
  if (input === 'message') return message;
  const { hash } = signatureOptions(type);
  // RFC 8032 has no way to sign what somebody else hashed.
  if (hash === null) throw new SlipwayError('key.no-digest', { key: name, type });
  return createHash(hash).update(message).digest();
}

/** What the program writes; it is ended when it takes too long or writes too much. */
function run(command: SignerCommand, key: CommandKey, input: Uint8Array, clock: Clock): Promise<Uint8Array> {
  const { program, args, timeoutSeconds } = command;
  const failed = (reason: string, cause?: unknown): SlipwayError =>
    new SlipwayError('key.command-failed', { key: key.name, program, reason }, { cause });
  return new Promise((resolve, reject) => {
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(program, [...args], { cwd: key.folder, windowsHide: true });
    } catch (cause) {
      // Windows takes no .cmd or .bat without a shell.
      reject(failed(cause instanceof Error ? cause.message : String(cause), cause));
      return;
    }
    const answer: Buffer[] = [];
    let size = 0;
    let complaint = '';
    const end = (settle: () => void): void => {
      timer.dispose();
      // Children of the program may still hold its pipes open.
      child.kill('SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      settle();
    };
    const timer = clock.schedule(timeoutSeconds * 1000, () =>
      end(() =>
        reject(new SlipwayError('key.command-timeout', { key: key.name, program, seconds: timeoutSeconds })),
      ),
    );
    child.stdout.on('data', (chunk: Buffer) => {
      answer.push(chunk);
      size += chunk.length;
      if (size > maxAnswer) end(() => reject(failed('it writes more than any signature has')));
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString('utf8')).slice(-maxComplaint);
    });
    // A program that needs no input may close it unread; what it answers decides.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => end(() => reject(failed(startError(error), error))));
    child.on('close', (code, signal) =>
      end(() => {
        if (code === 0) resolve(Buffer.concat(answer));
        else reject(failed(complaint.trim() || `it ended with ${signal ?? `exit code ${code}`}`));
      }),
    );
    child.stdin.end(input);
  });
}

function startError(error: Error): string {
  return 'code' in error && error.code === 'ENOENT' ? 'there is no such program' : error.message;
}
