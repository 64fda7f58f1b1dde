import type { ResourceDefinition, ResourceType } from '../lwm2m/objects/definition';
import type { InputProblem } from '../lwm2m/value-input';
import { english, type Localize } from './localize';
import { unitText } from './resource-text';

/** How a value of a type is typed, for prompts and for what is refused. */
export function typeHint(type: ResourceType, t: Localize = english): string {
  switch (type) {
    case 'string':
      return t('text');
    case 'integer':
      return t('a whole number, such as -5 or 0x1F');
    case 'unsigned':
      return t('a whole number from 0 on, such as 5 or 0x1F');
    case 'float':
      return t('a number, such as 21.5 or 1e-3');
    case 'boolean':
      return t('true or false');
    case 'time':
      return t('a time such as 2026-05-04T12:00:00Z, or seconds since 1970');
    case 'opaque':
      return t('bytes in hexadecimal, such as 01 a0 ff');
    case 'objlnk':
      return t('an object and an instance, such as 3:0');
    case 'none':
      return t('no value: it is executed');
  }
}

/** Why what was typed is no value for the resource. */
export function problemText(problem: InputProblem, t: Localize = english): string {
  switch (problem.kind) {
    case 'type':
      return t('Type {0}.', typeHint(problem.type, t));
    case 'range':
      return t('It must be from {0} to {1}.', problem.low, problem.high);
    case 'length':
      return t('It must be {0} to {1} bytes long.', problem.low, problem.high);
  }
}

/** `0 to 100 %`, `1 to 64 bytes`; undefined where the registry tells no range. */
export function rangeText(
  { type, range, units }: ResourceDefinition,
  t: Localize = english,
): string | undefined {
  if (!range) return undefined;
  const [low, high] = range;
  if (type === 'string' || type === 'opaque') return t('{0} to {1} bytes', low, high);
  return [t('{0} to {1}', low, high), ...(units ? [unitText(units)] : [])].join(' ');
}

/** What a server may do with a resource. */
export function operationsText(operations: ResourceDefinition['operations'], t: Localize = english): string {
  switch (operations) {
    case 'R':
      return t('read');
    case 'W':
      return t('written');
    case 'RW':
      return t('read and written');
    case 'E':
      return t('executed');
    case '':
      return t('seen by the bootstrap server alone');
  }
}

/** Arguments of an Execute (LwM2M Core §6.3.5): `0='30',1`. Undefined where they are well-formed. */
export function argumentsProblem(text: string, t: Localize = english): string | undefined {
  return /^(?:\d(?:='[^']*')?(?:,\d(?:='[^']*')?)*)?$/.test(text)
    ? undefined
    : t("Type digits with values in quotes, such as 0='30',1 (none for no arguments).");
}
