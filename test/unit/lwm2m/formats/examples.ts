import type { ResourceValues } from '../../../../src/lwm2m/values';

/** The Device object of the examples in LwM2M Core §7.4 (and its appendix on the example client). */
export const exampleDevice: ResourceValues = new Map<string, string | number | Date>([
  ['/3/0/0', 'Open Mobile Alliance'],
  ['/3/0/1', 'Lightweight M2M Client'],
  ['/3/0/2', '345000123'],
  ['/3/0/3', '1.0'],
  ['/3/0/6/0', 1],
  ['/3/0/6/1', 5],
  ['/3/0/7/0', 3800],
  ['/3/0/7/1', 5000],
  ['/3/0/8/0', 125],
  ['/3/0/8/1', 900],
  ['/3/0/9', 100],
  ['/3/0/10', 15],
  ['/3/0/11/0', 0],
  ['/3/0/13', new Date(1367491215 * 1000)],
  ['/3/0/14', '+02:00'],
  ['/3/0/16', 'U'],
]);
