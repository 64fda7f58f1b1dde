import type { UpdateRecord } from '../../../src/update/types';

/** File of the workspace in which the tests before a restart tell those after it what was there. */
export const restartFile = 'before-restart.json';

export interface BeforeRestart {
  readonly history: readonly UpdateRecord[];
  readonly address: string;
}
