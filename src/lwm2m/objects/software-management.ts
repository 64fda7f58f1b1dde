import { defineObject, resource } from './definition';

/** OMA LWM2M_SwMgmt §5 and appendix A; OMA registry 9.xml. */
export const softwareManagement = defineObject(
  { id: 9, name: 'LwM2M Software Management', version: '1.1', multiple: true, mandatory: false },
  [
    resource(0, 'PkgName', 'R', 'string', { mandatory: true, range: [0, 255] }),
    resource(1, 'PkgVersion', 'R', 'string', { mandatory: true, range: [0, 255] }),
    resource(2, 'Package', 'W', 'opaque'),
    resource(3, 'Package URI', 'W', 'string', { range: [0, 255] }),
    resource(4, 'Install', 'E', 'none', { mandatory: true }),
    resource(5, 'Checkpoint', 'R', 'objlnk'),
    resource(6, 'Uninstall', 'E', 'none', {
      mandatory: true,
      description: 'Argument 0 or none removes the software, 1 prepares for an upgrade of it.',
    }),
    resource(7, 'Update State', 'R', 'integer', {
      mandatory: true,
      range: [0, 4],
      values: { 0: 'Initial', 1: 'Download started', 2: 'Downloaded', 3: 'Delivered', 4: 'Installed' },
    }),
    resource(8, 'Update Supported Objects', 'RW', 'boolean'),
    resource(9, 'Update Result', 'R', 'integer', {
      mandatory: true,
      range: [0, 200],
      values: {
        0: 'No result yet',
        1: 'Downloading',
        2: 'Software installed successfully',
        3: 'Downloaded and integrity verified',
        50: 'Not enough storage',
        51: 'Out of memory during the download',
        52: 'Connection lost during the download',
        53: 'Integrity check failed',
        54: 'Unsupported package type',
        56: 'Invalid URI',
        57: 'Update error defined by the device',
        58: 'Installation failed',
        59: 'Uninstallation for an update failed',
      },
    }),
    resource(10, 'Activate', 'E', 'none', { mandatory: true }),
    resource(11, 'Deactivate', 'E', 'none', { mandatory: true }),
    resource(12, 'Activation State', 'R', 'boolean', {
      mandatory: true,
      values: { 0: 'Disabled', 1: 'Enabled' },
    }),
    resource(13, 'Package Settings', 'RW', 'objlnk'),
    resource(14, 'User Name', 'W', 'string', { range: [0, 255] }),
    resource(15, 'Password', 'W', 'string', { range: [0, 255] }),
    resource(16, 'Status Reason', 'R', 'string'),
    resource(17, 'Software Component Link', 'R', 'objlnk', { multiple: true }),
    resource(18, 'Software Component tree length', 'R', 'integer', { range: [0, 255] }),
    // Version 1.1 of the object; a client of version 1.0 has none of these.
    resource(19, 'Start', 'E', 'none', { mandatory: true }),
    resource(20, 'Stop', 'E', 'none', { mandatory: true }),
    resource(21, 'Operational State', 'R', 'unsigned', {
      mandatory: true,
      range: [0, 15],
      values: {
        0: 'Initializing',
        1: 'Running',
        2: 'Shutting down',
        3: 'Stopped',
        4: 'Failed',
        5: 'Defunct',
      },
    }),
    resource(22, 'Purge', 'E', 'none'),
  ],
);
