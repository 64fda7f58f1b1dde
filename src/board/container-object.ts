import { Emitter } from '../base/event';
import { binaryAppData } from '../lwm2m/objects/binary-app-data';
import type { ResourceValue } from '../lwm2m/values';
import { type BoardObject, type InstanceValues, type Outcome, changed } from './board-object';

/** As many containers as the board has room for. */
const maxInstances = 8;

/** Out of the way of those that a server makes. */
const firstOwn = 60_000;

/** Object 19, BinaryAppDataContainer: the server creates, fills and deletes its instances. */
export class ContainerObject implements BoardObject {
  readonly id = binaryAppData.id;
  readonly resources = [...binaryAppData.resources.keys()];
  private readonly contents = new Map<number, Map<string, ResourceValue>>();
  private readonly emitter = new Emitter<readonly string[]>();
  readonly onDidChange = this.emitter.event;

  /**
   * `instancesChanged`: the server has to be told of them (LwM2M Core §6.2.2). `ownInstances` are the board's, which
   * nobody else writes.
   */
  constructor(
    private readonly actions: { instancesChanged(): void; ownInstances(): readonly InstanceValues[] },
  ) {}

  get instances(): readonly number[] {
    const own = this.actions.ownInstances().map((_, index) => firstOwn + index);
    return [...[...this.contents.keys()].sort((a, b) => a - b), ...own];
  }

  read(instance: number): InstanceValues {
    if (instance >= firstOwn) return this.actions.ownInstances()[instance - firstOwn] ?? new Map();
    return this.contents.get(instance) ?? new Map();
  }

  write(instance: number, resource: number, value: ResourceValue, resourceInstance?: number): Outcome {
    if (instance >= firstOwn) return { code: '4.05' };
    const key = keyOf(resource, resourceInstance);
    if (key === undefined) return { code: '4.00' };
    this.contents.get(instance)?.set(key, value);
    this.emitter.fire([`/${instance}/${key}`]);
    return changed;
  }

  execute(): Outcome {
    return { code: '4.05' };
  }

  create(wished: number | undefined, values: InstanceValues): Outcome & { readonly instance?: number } {
    if (wished !== undefined && (wished >= firstOwn || this.contents.has(wished))) {
      return { code: '4.00', diagnostic: 'it is there' };
    }
    if (this.contents.size >= maxInstances) return { code: '5.00', diagnostic: 'no room' };
    // Data is mandatory (OMA registry 19.xml).
    if (![...values.keys()].some((key) => key.startsWith('0/'))) {
      return { code: '4.00', diagnostic: 'no Data' };
    }
    let instance = wished ?? 0;
    if (wished === undefined) while (this.contents.has(instance)) instance++;
    this.contents.set(instance, new Map(values));
    this.actions.instancesChanged();
    this.emitter.fire([`/${instance}`]);
    return { code: '2.01', instance };
  }

  replace(instance: number, values: InstanceValues): Outcome {
    if (instance >= firstOwn) return { code: '4.05' };
    if (![...values.keys()].some((key) => key.startsWith('0/'))) {
      return { code: '4.00', diagnostic: 'no Data' };
    }
    this.contents.set(instance, new Map(values));
    this.emitter.fire([`/${instance}`]);
    return changed;
  }

  delete(instance: number): Outcome {
    if (instance >= firstOwn) return { code: '4.05' };
    this.contents.delete(instance);
    this.actions.instancesChanged();
    this.emitter.fire([`/${instance}`]);
    return { code: '2.02' };
  }
}

/** Data has instances, the others have none. */
function keyOf(resource: number, resourceInstance: number | undefined): string | undefined {
  const { multiple } = binaryAppData.resources.get(resource) ?? {};
  if (multiple !== (resourceInstance !== undefined)) return undefined;
  return multiple ? `${resource}/${resourceInstance}` : String(resource);
}
