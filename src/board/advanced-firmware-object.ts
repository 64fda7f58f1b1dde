import type { Clock } from '../base/clock';
import { type Outcome } from './board-object';
import type { BootableImage } from './bootloader';
import type { Faults } from './faults';
import type { FirmwareGroup } from './firmware-group';
import { type FirmwareActions, FirmwareObject } from './firmware-object';

/** What a component runs, or is to run. */
export interface PartVersion {
  readonly version: string;
  readonly sequence: number;
}

/**
 * An instance of object 33629, Advanced Firmware Update: object 5 for one component of the board, which may be updated
 * together with others.
 */
export class AdvancedFirmwareObject extends FirmwareObject {
  override readonly id = 33629;
  override readonly version = '1.0';
  override readonly resources = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17];
  private held: PartVersion | undefined;

  constructor(
    readonly name: string,
    readonly current: PartVersion,
    private readonly group: FirmwareGroup,
    ...base: readonly [
      capacity: number,
      clock: Clock,
      actions: FirmwareActions,
      faults: Faults,
      protocols: readonly number[],
    ]
  ) {
    super(...base);
    this.set({ 14: name, 15: current.version });
    this.onDidChange((paths) => {
      if (paths.includes('/0/3')) group.link();
    });
  }

  /** What was downloaded; undefined outside of Downloaded. */
  get downloaded(): PartVersion | undefined {
    return this.isDownloaded ? this.held : undefined;
  }

  /** Takes what came with the package of another component. */
  takeWith(content: Uint8Array, image: BootableImage, part: PartVersion): void {
    this.held = part;
    this.hold(content, image, part.version);
  }

  /** Linked Instances, all but its own. */
  showLinked(instances: readonly number[]): void {
    this.showLinks(16, instances);
  }

  /** Conflicting Instances. */
  showConflicting(instances: readonly number[]): void {
    this.showLinks(17, instances);
  }

  override async execute(instance: number, resource: number, args: string): Promise<Outcome> {
    return resource === 2 ? this.group.update(this, args) : super.execute(instance, resource, args);
  }

  protected override conflictOf(image: BootableImage, content: Uint8Array): number | undefined {
    const conflict = this.group.takeParts(this, image, content);
    if (conflict === undefined) this.held = { version: image.version, sequence: image.sequence };
    return conflict;
  }

  private showLinks(resource: number, instances: readonly number[]): void {
    const stale = [...this.read(0).keys()].filter((key) => key.startsWith(`${resource}/`));
    this.set({
      ...Object.fromEntries(stale.map((key) => [key, undefined])),
      ...Object.fromEntries(
        instances.map((instanceId, index) => [`${resource}/${index}`, { objectId: this.id, instanceId }]),
      ),
    });
  }
}
