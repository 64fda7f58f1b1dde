import { SlipwayError, cancelled } from '../base/errors';
import type { Link } from './link';

/**
 * Resolves when `link` is open. Rejects with its error when an attempt to open it failed (it goes on trying),
 * `link.closed` when it is released or disposed, `cancelled` when `signal` aborts.
 */
export function whenOpen(link: Link, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): boolean => {
      if (signal?.aborted) reject(cancelled(signal));
      else if (link.state === 'open') resolve();
      else if (link.state === 'waiting' && link.error) reject(link.error);
      else if (link.state === 'released' || link.state === 'closed') {
        reject(new SlipwayError('link.closed', { link: link.id }));
      } else return false;
      return true;
    };
    if (look()) return;
    const again = (): void => {
      if (!look()) return;
      subscription.dispose();
      signal?.removeEventListener('abort', again);
    };
    const subscription = link.onDidChangeState(again);
    signal?.addEventListener('abort', again, { once: true });
  });
}
