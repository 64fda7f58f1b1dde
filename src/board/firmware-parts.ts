import type { Clock } from '../base/clock';
import { AdvancedFirmwareObject, type PartVersion } from './advanced-firmware-object';
import type { BootableImage } from './bootloader';
import type { Faults } from './faults';
import { FirmwareGroup } from './firmware-group';
import type { FirmwareActions } from './firmware-object';
import { Instances } from './instances';

/** What the second microcontroller leaves the factory with. */
const factoryRadio: PartVersion = { version: '1.0.0', sequence: 0 };

/** Instances of object 33629. */
const application = 0;
const radio = 1;

export interface PartsBoot {
  /** What the application runs. */
  readonly image: BootableImage;
  /** Whether the bootloader took the application that it tried; undefined where it tried none. */
  readonly updated: boolean | undefined;
  readonly capacity: number;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly protocols: readonly number[];
  /** Those of object 5, which is the application too. */
  readonly actions: FirmwareActions;
  /** Checks a package for the second microcontroller; throws as `examine` does. */
  readonly examine: (content: Uint8Array, minimumSequence: number) => BootableImage;
}

/** The object as it is from a boot on; the members take packages in blocks. */
export interface BootedParts {
  readonly object: Instances;
  readonly members: readonly AdvancedFirmwareObject[];
}

/**
 * The firmware of two microcontrollers by object 33629: the application that boots from the board's slots, and a radio
 * whose image the application hands on. Outlives the board's boots.
 */
export class FirmwareParts {
  private radio = factoryRadio;
  /** What the next boot is to run. */
  private pending: ReadonlyMap<number, PartVersion> | undefined;

  /** Whether an update of this object, not of object 5, is under way. */
  get updating(): boolean {
    return this.pending !== undefined;
  }

  boot({ image, updated, capacity, clock, faults, protocols, actions, examine }: PartsBoot): BootedParts {
    const { pending } = this;
    this.pending = undefined;
    // All of them or none: what the bootloader rolled back takes the others with it.
    const succeeded = pending && (pending.has(application) ? updated === true : !faults.rollsBack);
    if (succeeded && faults.updateResult === undefined) this.radio = pending.get(radio) ?? this.radio;

    const group = new FirmwareGroup((parts) => {
      this.pending = parts;
      actions.reboot();
    });
    const make = (name: string, current: PartVersion, its: FirmwareActions): AdvancedFirmwareObject =>
      new AdvancedFirmwareObject(name, current, group, capacity, clock, its, faults, protocols);
    const { sequence: minimum } = this.radio;
    const members = [
      make('application', image, actions),
      make('radio', this.radio, {
        ...actions,
        examine: (content) => examine(content, minimum),
        // The radio takes its image while it starts.
        install: () => Promise.resolve(),
      }),
    ];
    group.set(members);
    if (pending) {
      for (const instance of pending.keys()) members[instance]?.booted(succeeded === true);
    }
    return { object: new Instances(members, '1.0'), members };
  }
}
