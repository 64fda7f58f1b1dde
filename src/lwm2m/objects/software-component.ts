import { defineObject, resource } from './definition';

/** OMA LWM2M_SwMgmt, appendix A; OMA registry 14.xml. */
export const softwareComponent = defineObject(
  { id: 14, name: 'LwM2M Software Component', version: '1.0', multiple: true, mandatory: false },
  [
    resource(0, 'Component Identity', 'R', 'string', { range: [0, 255] }),
    resource(1, 'Component Pack', 'R', 'opaque'),
    resource(2, 'Component Version', 'R', 'string', { range: [0, 255] }),
    resource(3, 'Activate', 'E', 'none'),
    resource(4, 'Deactivate', 'E', 'none'),
    resource(5, 'Activation State', 'R', 'boolean', { values: { 0: 'Disabled', 1: 'Enabled' } }),
  ],
);
