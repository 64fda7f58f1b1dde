import { defineObject, resource } from './definition';

/** OMA registry 19.xml: bytes of an application, kept as they are. */
export const binaryAppData = defineObject(
  { id: 19, name: 'BinaryAppDataContainer', version: '1.0', multiple: true, mandatory: false },
  [
    resource(0, 'Data', 'RW', 'opaque', { multiple: true, mandatory: true }),
    resource(1, 'Data Priority', 'RW', 'integer'),
    resource(2, 'Data Creation Time', 'RW', 'time'),
    resource(3, 'Data Description', 'RW', 'string'),
    resource(4, 'Data Format', 'RW', 'string'),
    resource(5, 'App ID', 'RW', 'integer'),
  ],
);
