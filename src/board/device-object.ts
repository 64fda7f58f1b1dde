import type { Clock } from '../base/clock';
import type { ResourceValue } from '../lwm2m/values';
import { type InstanceValues, type Outcome, SingleInstance, changed } from './board-object';

export interface DeviceIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
}

/** Object 3, Device (LwM2M Core, appendix E.4). */
export class DeviceObject extends SingleInstance {
  readonly id = 3;
  readonly version = '1.1';
  readonly resources = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 16, 17];
  /** What the server wrote as Current Time runs on from there. */
  private timeOffsetMs = 0;

  constructor(
    private readonly clock: Clock,
    identity: DeviceIdentity,
    private readonly actions: { memoryFreeKb(): number; reboot(): void },
  ) {
    super();
    this.set({
      0: identity.manufacturer,
      1: identity.model,
      2: identity.serialNumber,
      '11/0': 0,
      16: 'U',
      17: 'virtual',
    });
  }

  /** Firmware Version (3/0/3), set by each boot. */
  setFirmwareVersion(version: string): void {
    this.set({ 3: version });
  }

  override read(instance: number): InstanceValues {
    const now = new Date(Math.floor((this.clock.wallTime() + this.timeOffsetMs) / 1000) * 1000);
    return new Map([...super.read(instance), ['10', this.actions.memoryFreeKb()], ['13', now]]);
  }

  override write(_instance: number, resource: number, value: ResourceValue): Outcome {
    if (resource !== 13 || !(value instanceof Date)) return { code: '4.05' };
    this.timeOffsetMs = value.getTime() - this.clock.wallTime();
    return changed;
  }

  override execute(_instance: number, resource: number, _args: string): Outcome {
    if (resource === 4 || resource === 5) this.actions.reboot();
    if (resource === 12) this.set({ '11/0': 0 });
    return changed;
  }
}
