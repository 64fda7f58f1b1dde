import type { ResourceValues } from '../lwm2m/values';

/** The version that a board is known to run: Firmware Version (3/0/3), else PkgVersion (5/0/7). */
export function runningVersion(values: ResourceValues): string | undefined {
  return ['/3/0/3', '/5/0/7'].map((path) => values.get(path)).find(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
