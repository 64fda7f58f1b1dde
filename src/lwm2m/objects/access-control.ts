import { defineObject, resource } from './definition';

/** LwM2M Core, appendix E.3; OMA registry 2.xml. */
export const accessControl = defineObject(
  { id: 2, name: 'LwM2M Access Control', version: '1.1', multiple: true, mandatory: false },
  [
    resource(0, 'Object ID', 'R', 'integer', { mandatory: true, range: [1, 65534] }),
    resource(1, 'Object Instance ID', 'R', 'integer', { mandatory: true, range: [0, 65535] }),
    resource(2, 'ACL', 'RW', 'integer', {
      multiple: true,
      range: [0, 31],
      description: 'Bits: 1 read, observe, write attributes; 2 write; 4 execute; 8 delete; 16 create.',
    }),
    resource(3, 'Access Control Owner', 'RW', 'integer', { mandatory: true, range: [0, 65535] }),
  ],
);
