import { SlipwayError } from '../base/errors';
import type { Board } from '../lwm2m/board';
import type { StoredSigner } from '../manifest/stored-key';
import { type UpdateJob, type UpdatePackage, type UpdateRecord, isTransfer } from '../update/types';
import type { PreflightCheck } from '../update/preflight-checks';
import type { ImagePush } from '../update/image-push';
import { noPatchText, sentPackageText, sentText } from './delta-wording';
import { progressText } from './board-row';
import type { Firmware, PackageFile, PackageKeys, Project } from './firmware';
import { preflightLine } from './preflight-text';
import { bytesText, durationText, rateText } from './quantities';
import { phaseText } from './phase-wording';
import { errorText, linkName } from './wording';

/** What of the way of a firmware is to be done. */
export type FirmwareTask = 'build' | 'sign' | 'push' | 'ship';

/** What the steps ask of whoever runs them. */
export interface StepsHost {
  /** Asks for the signing key where none is selected, and for passphrases that aren't known. */
  keys(project: Project): Promise<PackageKeys>;
  /** The selected key, if it can sign without a question. */
  signerAtHand(): Promise<StoredSigner | undefined>;
  isTrusted(): boolean;
  /** A step was done. */
  done(step: 'built' | 'signed'): void;
}

/** Text to a terminal; lines end with `\r\n`. */
export type Print = (text: string) => void;

const bold = (text: string): string => `\x1b[1m${text}\x1b[0m`;
const green = (text: string): string => `\x1b[32m${text}\x1b[0m`;
const red = (text: string): string => `\x1b[31m${text}\x1b[0m`;
/** To the start of the line, which is cleared: progress is written over itself. */
const sameLine = '\r\x1b[K';

/** Build, sign and push, with a terminal's account of each. */
export class FirmwareSteps {
  private readonly busy = new Set<string>();

  constructor(
    private readonly firmware: Firmware,
    private readonly pushes: ImagePush,
    private readonly host: StepsHost,
  ) {}

  /** Builds; resolves with the artifact. Rejects `build.untrusted`, `build.busy`, and as `Firmware.build`. */
  async build(project: Project, print: Print, signal: AbortSignal): Promise<string> {
    if (!this.host.isTrusted()) throw new SlipwayError('build.untrusted', { folder: project.folder });
    return await this.alone(project, async () => {
      const artifact = await this.firmware.build(project, (text) => print(terminalLines(text)), signal);
      print(`${green('✓')} Built ${artifact}\r\n`);
      this.host.done('built');
      return artifact;
    });
  }

  /** Signs an artifact, the last one by default. Rejects as `Firmware.findArtifact` and `sign`, and `cancelled`. */
  async sign(project: Project, print: Print, artifact?: string): Promise<PackageFile> {
    const source = artifact ?? (await this.firmware.findArtifact(project));
    const keys = await this.host.keys(project);
    const signed = await this.firmware.sign(project, source, keys);
    const { bytes, sequence } = signed.package;
    const numbered = sequence === undefined ? '' : `sequence ${sequence}, `;
    print(
      `${green('✓')} Signed ${signed.file}: ${bytesText(bytes.length)}, ${numbered}` +
        `${keysText(keys)}\r\n`,
    );
    this.host.done('signed');
    return signed;
  }

  /** The package that was signed last. Rejects `build.no-package`, and as `Firmware.findPackage`. */
  async lastPackage(project: Project): Promise<UpdatePackage> {
    const file = await this.firmware.findPackage(project);
    if (file === undefined) throw new SlipwayError('build.no-package', { folder: project.folder });
    return (await this.firmware.readPackage(file)).package;
  }

  /** File of the last package; undefined where there is none, or nothing to find it by. */
  async findPackage(project: Project): Promise<string | undefined> {
    try {
      return await this.firmware.findPackage(project);
    } catch (error) {
      if (SlipwayError.is(error)) return undefined;
      throw error;
    }
  }

  /** A signed package from its file. Rejects as `Firmware.readPackage`. */
  async readPackage(file: string): Promise<UpdatePackage> {
    return (await this.firmware.readPackage(file)).package;
  }

  /** Pushes and waits for the end of the update. Rejects with why it failed. */
  async push(board: Board, pkg: UpdatePackage, print: Print, signal: AbortSignal): Promise<UpdateRecord> {
    signal.throwIfAborted();
    let narration: { dispose(): void } | undefined;
    try {
      const record = await this.pushes.run(board, pkg, {
        signal,
        signer: () => this.host.signerAtHand(),
        onNoPatch: (reason, isCompressed) => print(`${sameLine}${noPatchText(reason, isCompressed)}\r\n`),
        onJob: (job) => {
          narration?.dispose();
          print(`${sameLine}${bold('Pushing')} ${packageText(job.package)}`);
          print(` to ${board.endpoint} on ${linkName(board.link.id)}\r\n`);
          narration = narrate(job, print);
        },
      });
      if (record.outcome !== 'succeeded') throw endError(record);
      print(`${sameLine}${green('✓')} ${successText(record)}\r\n`);
      return record;
    } finally {
      narration?.dispose();
    }
  }

  /** All of it. */
  async ship(project: Project, board: Board, print: Print, signal: AbortSignal): Promise<UpdateRecord> {
    const artifact = await this.build(project, print, signal);
    const signed = await this.sign(project, print, artifact);
    return await this.push(board, signed.package, print, signal);
  }

  private async alone<T>(project: Project, work: () => Promise<T>): Promise<T> {
    if (this.busy.has(project.folder)) throw new SlipwayError('build.busy', { folder: project.folder });
    this.busy.add(project.folder);
    try {
      return await work();
    } finally {
      this.busy.delete(project.folder);
    }
  }
}

/** Why a run ended, as the error it ended with. */
export function endError(record: UpdateRecord): SlipwayError {
  if (record.outcome === 'cancelled') return new SlipwayError('cancelled', {});
  const { code, details } = record.error ?? {
    code: 'update.unexpected',
    details: { reason: record.outcome },
  };
  return new SlipwayError(code, details as SlipwayError['details']);
}

/** The last line of a terminal after a failure. */
export function failureText(error: unknown): string {
  return `${sameLine}${red('✗')} ${errorText(error)}\r\n`;
}

/** `P-256 key 0123456789abcdef…, MAC by 0123456789abcdef, encrypted`. */
function keysText({ signers, macKeys = [], encryptionKey }: PackageKeys): string {
  return [
    ...signers.map(({ keyType, keyId }) => `${keyType} key ${keyId.slice(0, 16)}…`),
    ...macKeys.map(({ keyId }) => `MAC by ${keyId.slice(0, 16)}`),
    ...(encryptionKey ? ['encrypted'] : []),
  ].join(', ');
}

function packageText(pkg: UpdatePackage): string {
  const { name, version } = pkg;
  return `${name}: ${sentPackageText(pkg)}${version === undefined ? '' : `, version ${version}`}`;
}

function narrate(job: UpdateJob, print: Print): { dispose(): void } {
  let shown = '';
  let checks: readonly PreflightCheck[] | undefined;
  return job.onDidProgress((progress) => {
    if (progress.checks !== checks) {
      ({ checks } = progress);
      for (const check of checks ?? []) {
        // What is wrong with one that failed is told as the end of the run.
        const isNews = check.verdict === 'warning' || check.verdict === 'unknown';
        if (isNews) print(`${sameLine}${preflightLine(check)}\r\n`);
      }
    }
    const text = isTransfer(progress.phase)
      ? `${phaseText(progress.phase)} ${progressText(progress)}`
      : phaseText(progress.phase);
    if (text === shown || progress.phase === 'done') return;
    shown = text;
    print(`${sameLine}  ${text}…`);
  });
}

function successText(record: UpdateRecord): string {
  const { board, toVersion, savedMs, pushDurationMs, bytesPerSecond } = record;
  const runs = toVersion === undefined ? `${board} was updated` : `${board} runs ${toVersion}`;
  const push = pushDurationMs === undefined ? '' : ` in ${durationText(pushDurationMs)}`;
  const rate = bytesPerSecond === undefined ? '' : `, ${rateText(bytesPerSecond)}`;
  const saved = savedMs === undefined ? '' : `, ${durationText(savedMs)} saved`;
  const again = `${record.retransmissions} retransmission${record.retransmissions === 1 ? '' : 's'}`;
  return `${runs}: ${sentText(record)} pushed${push}${rate}${saved}, ${again}; ${durationText(record.durationMs)} in all`;
}

/** Tools end lines with a bare LF; a terminal would go on below where the line ended. */
function terminalLines(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}
