import { defineObject, resource } from './definition';
import { firmwareUpdate } from './firmware-update';

/** Results beyond those of object 5. */
const furtherResults = { 12: 'Conflicting state', 13: 'Dependency error' };

const results = firmwareUpdate.resources.get(5)?.enumeration ?? new Map<number, string>();

/**
 * Advanced Firmware Update 1.0, object 33629: object 5 of version 1.1, once for each microcontroller or image, with the
 * resources that hold them together.
 */
export const advancedFirmwareUpdate = defineObject(
  { id: 33629, name: 'Advanced Firmware Update', version: '1.0', multiple: true, mandatory: false },
  [
    // Automatic Upgrade at Download is of version 1.2 of object 5.
    ...[...firmwareUpdate.resources.values()].filter(({ id }) => id !== 5 && id <= 13),
    resource(5, 'Update Result', 'R', 'integer', {
      mandatory: true,
      range: [0, 13],
      values: { ...Object.fromEntries(results), ...furtherResults },
    }),
    resource(14, 'Component Name', 'R', 'string'),
    resource(15, 'Current Version', 'R', 'string', { mandatory: true }),
    resource(16, 'Linked Instances', 'R', 'objlnk', {
      multiple: true,
      description: 'Instances that are updated together with this one, where Update has no argument.',
    }),
    resource(17, 'Conflicting Instances', 'R', 'objlnk', {
      multiple: true,
      description: 'Instances that keep this one from being updated.',
    }),
  ],
);
