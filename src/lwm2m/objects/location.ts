import { defineObject, resource } from './definition';

/** LwM2M Core, appendix E.7; OMA registry 6.xml. */
export const location = defineObject(
  { id: 6, name: 'Location', version: '1.0', multiple: false, mandatory: false },
  [
    resource(0, 'Latitude', 'R', 'float', { mandatory: true, units: 'lat' }),
    resource(1, 'Longitude', 'R', 'float', { mandatory: true, units: 'lon' }),
    resource(2, 'Altitude', 'R', 'float', { units: 'm' }),
    resource(3, 'Radius', 'R', 'float', { units: 'm' }),
    resource(4, 'Velocity', 'R', 'opaque', { description: 'As 3GPP TS 23.032 encodes it.' }),
    resource(5, 'Timestamp', 'R', 'time', { mandatory: true }),
    resource(6, 'Speed', 'R', 'float', { units: 'm/s' }),
  ],
);
