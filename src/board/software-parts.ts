import { ComponentObject } from './component-object';
import type { Faults } from './faults';
import { Instances } from './instances';
import { type SoftwareActions, SoftwareObject } from './software-object';

/** Largest software package. */
const softwareBytes = 64 * 1024;

/** Objects 9 and 14 with `count` instances each, every software with its component. */
export function makeSoftware(
  count: number,
  actions: Omit<SoftwareActions, 'show'>,
  faults: Faults,
): {
  readonly management: Instances;
  readonly components: Instances;
  readonly members: readonly SoftwareObject[];
} {
  const pairs = Array.from({ length: count }, (_, instance) => {
    const component = new ComponentObject({
      activate: () => software.activate(),
      deactivate: () => software.deactivate(),
    });
    const show: SoftwareActions['show'] = (shown) => component.show(shown);
    const software = new SoftwareObject(softwareBytes, { ...actions, show }, instance, faults);
    return { software, component };
  });
  const members = pairs.map(({ software }) => software);
  return {
    members,
    management: new Instances(members),
    components: new Instances(pairs.map(({ component }) => component)),
  };
}
