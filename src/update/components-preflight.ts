import { SlipwayError } from '../base/errors';
import type { BoardWatch, FirmwareStatus } from './board-watch';
import type { ComponentPackage, FirmwareComponent } from './firmware-components';
import { type Preflight, type PreflightOptions, preflight } from './preflight';
import type { PreflightCheck } from './preflight-checks';

export interface ComponentsPreflightOptions extends Pick<
  PreflightOptions,
  'board' | 'delivery' | 'schemes' | 'signal'
> {
  readonly parts: readonly ComponentPackage[];
  /** All that the board has. */
  readonly components: readonly FirmwareComponent[];
  readonly watchOf: (instance: number) => BoardWatch;
  /** Told after each component: what was found so far, and its status. */
  readonly onChecked: (checks: readonly PreflightCheck[], status: FirmwareStatus | undefined) => void;
}

/** A package, and what is known of its component before the first byte. */
export interface CheckedPart {
  readonly part: ComponentPackage;
  readonly preflight: Preflight;
}

/** What is known of all the components before the first byte. */
export interface ComponentsPreflight {
  /** Some component is not Idle. */
  readonly needsReset: boolean;
  readonly found: readonly CheckedPart[];
  /** None of them has failed. */
  readonly checks: readonly PreflightCheck[];
}

/**
 * Holds every package against its component, and tells all that was found before the first failure ends it. Rejects
 * `components.unknown`, and as `preflight`.
 */
export async function componentsPreflight(options: ComponentsPreflightOptions): Promise<ComponentsPreflight> {
  const { board, parts, components, watchOf, onChecked, delivery, schemes, signal } = options;
  for (const { instance, name } of parts) {
    if (components.some((component) => component.instance === instance)) continue;
    const known = components.map((component) => component.name).join(', ');
    throw new SlipwayError('components.unknown', { board: board.endpoint, component: name, known });
  }
  const found: CheckedPart[] = [];
  const checks: PreflightCheck[] = [];
  for (const part of parts) {
    try {
      const its = await preflight({
        ...{ board, delivery, schemes, signal, component: part, package: part.package },
        watch: watchOf(part.instance),
        onChecked: (more, status) => {
          checks.push(...more);
          onChecked([...checks], status);
        },
      });
      found.push({ part, preflight: its });
    } catch (error) {
      if (!checks.some((check) => check.error === error)) throw error;
    }
  }
  const failed = checks.find(({ verdict }) => verdict === 'failed');
  if (failed?.error) throw failed.error;
  return { needsReset: found.some((each) => each.preflight.needsReset), found, checks };
}
