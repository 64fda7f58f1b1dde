import { defineObject, resource } from './definition';

/** LwM2M Core, appendix E.8; OMA registry 7.xml. */
export const connectivityStatistics = defineObject(
  { id: 7, name: 'Connectivity Statistics', version: '1.0', multiple: false, mandatory: false },
  [
    resource(0, 'SMS Tx Counter', 'R', 'integer'),
    resource(1, 'SMS Rx Counter', 'R', 'integer'),
    resource(2, 'Tx Data', 'R', 'integer', { units: 'KB' }),
    resource(3, 'Rx Data', 'R', 'integer', { units: 'KB' }),
    resource(4, 'Max Message Size', 'R', 'integer', { units: 'B' }),
    resource(5, 'Average Message Size', 'R', 'integer', { units: 'B' }),
    resource(6, 'Start', 'E', 'none', { mandatory: true }),
    resource(7, 'Stop', 'E', 'none', { mandatory: true }),
    resource(8, 'Collection Period', 'RW', 'integer', { units: 's' }),
  ],
);
