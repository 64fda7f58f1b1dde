import { type UpdatePhase, type UpdateProgress, isTransfer } from '../update/types';
import { bytesText, durationText, percent, rateText } from '../ui/quantities';
import { phaseText } from '../ui/phase-wording';

/** No bar is drawn where it would be narrower than this. */
const narrowestBar = 10;
const widestBar = 40;

/**
 * A progress line of at most `columns` characters: `Pushing [#####-----] 50 % · 11.2 kB/s · 12 s left`. The bar is
 * of ASCII, which every terminal and log shows.
 */
export function progressLine(progress: UpdateProgress, columns: number): string {
  const phase = phaseText(progress.phase);
  if (!isTransfer(progress.phase)) return cut(`${phase} …`, columns);
  const facts = pushFacts(progress);
  const room = Math.min(widestBar, columns - phase.length - facts.length - 4);
  if (room < narrowestBar) return cut(`${phase} ${facts}`, columns);
  const full = Math.floor((percent(progress.bytesSent, progress.bytesTotal) * room) / 100);
  return `${phase} [${'#'.repeat(full)}${'-'.repeat(room - full)}] ${facts}`;
}

/** `50 % · 11.2 kB/s · 12 s left`, with what is known. */
export function pushFacts(progress: UpdateProgress): string {
  const { bytesSent, bytesTotal, bytesPerSecond, remainingMs } = progress;
  return [
    `${percent(bytesSent, bytesTotal)} %`,
    ...(bytesPerSecond > 0 ? [rateText(bytesPerSecond)] : []),
    ...(remainingMs === undefined ? [] : [`${durationText(remainingMs)} left`]),
  ].join(' · ');
}

/** Where a run was when the last plain line was written. */
export interface Told {
  readonly phase: UpdatePhase;
  /** Percents, in steps of `plainStep`. */
  readonly step: number;
}

const plainStep = 10;

/** The next plain line, for logs, and what has been told with it; undefined while there is nothing new. */
export function plainLine(
  progress: UpdateProgress,
  told: Told | undefined,
): { readonly text: string; readonly told: Told } | undefined {
  const { phase, bytesSent, bytesTotal } = progress;
  const step = isTransfer(phase) ? Math.floor(percent(bytesSent, bytesTotal) / plainStep) : 0;
  if (told?.phase === phase && step <= told.step) return undefined;
  const text = isTransfer(phase)
    ? `${phaseText(phase)}: ${bytesText(bytesSent)} of ${bytesText(bytesTotal)}, ${pushFacts(progress)}`
    : phaseText(phase);
  return { text, told: { phase, step } };
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : text.slice(0, Math.max(0, columns));
}
