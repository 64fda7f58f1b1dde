import { unlessAborted } from '../base/abort';
import type { PreflightCheck } from './preflight-checks';

/**
 * Warnings are the user's to decide, by `confirm`; that takes as long as it takes. Rejects with the error of the first
 * one that is not waved through, `cancelled` at once when the signal is aborted.
 */
export async function demandWord(
  checks: readonly PreflightCheck[],
  confirm: (warning: PreflightCheck) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  for (const check of checks) {
    if (check.verdict !== 'warning' || !check.error) continue;
    const goesOn = await unlessAborted(confirm(check), signal);
    if (!goesOn) throw check.error;
  }
}
