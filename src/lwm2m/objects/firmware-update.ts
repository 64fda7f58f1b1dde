import { defineObject, resource } from './definition';

/** LwM2M Core, appendix E.6; OMA registry 5.xml. */
export const firmwareUpdate = defineObject(
  { id: 5, name: 'Firmware Update', version: '1.2', multiple: false, mandatory: false },
  [
    resource(0, 'Package', 'W', 'opaque', { mandatory: true }),
    resource(1, 'Package URI', 'RW', 'string', { mandatory: true, range: [0, 255] }),
    resource(2, 'Update', 'E', 'none', { mandatory: true }),
    resource(3, 'State', 'R', 'integer', {
      mandatory: true,
      range: [0, 3],
      values: { 0: 'Idle', 1: 'Downloading', 2: 'Downloaded', 3: 'Updating' },
    }),
    resource(5, 'Update Result', 'R', 'integer', {
      mandatory: true,
      range: [0, 11],
      values: {
        0: 'No result yet',
        1: 'Firmware updated successfully',
        2: 'Not enough flash memory',
        3: 'Out of RAM during the download',
        4: 'Connection lost during the download',
        5: 'Integrity check failed',
        6: 'Unsupported package type',
        7: 'Invalid URI',
        8: 'Firmware update failed',
        9: 'Unsupported protocol',
        10: 'Update cancelled',
        11: 'Update deferred',
      },
    }),
    resource(6, 'PkgName', 'R', 'string', { range: [0, 255] }),
    resource(7, 'PkgVersion', 'R', 'string', { range: [0, 255] }),
    resource(8, 'Firmware Update Protocol Support', 'R', 'integer', {
      multiple: true,
      range: [0, 5],
      values: { 0: 'CoAP', 1: 'CoAPS', 2: 'HTTP', 3: 'HTTPS', 4: 'CoAP over TCP', 5: 'CoAP over TLS' },
    }),
    resource(9, 'Firmware Update Delivery Method', 'R', 'integer', {
      mandatory: true,
      range: [0, 2],
      values: { 0: 'Pull', 1: 'Push', 2: 'Pull and push' },
    }),
    resource(10, 'Cancel', 'E', 'none'),
    resource(11, 'Severity', 'RW', 'integer', {
      range: [0, 2],
      values: { 0: 'Critical', 1: 'Mandatory', 2: 'Optional' },
    }),
    resource(12, 'Last State Change Time', 'R', 'time'),
    resource(13, 'Maximum Defer Period', 'RW', 'unsigned', { units: 's' }),
    resource(14, 'Automatic Upgrade at Download', 'RW', 'boolean'),
  ],
);
