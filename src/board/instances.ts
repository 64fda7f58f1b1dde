import { Emitter } from '../base/event';
import type { ResourceValue } from '../lwm2m/values';
import { type BoardObject, type InstanceValues, type Outcome, type SingleInstance } from './board-object';

/** Several instances of one object, each with values and a life of its own; they are numbered from 0. */
export class Instances implements BoardObject {
  readonly id: number;
  readonly version?: string;
  readonly instances: readonly number[];
  readonly resources: readonly number[];
  private readonly emitter = new Emitter<readonly string[]>();
  readonly onDidChange = this.emitter.event;

  constructor(
    private readonly parts: readonly SingleInstance[],
    version?: string,
  ) {
    const [first] = parts;
    if (!first) throw new RangeError('an object without instances');
    this.id = first.id;
    if (version !== undefined) this.version = version;
    this.resources = first.resources;
    this.instances = parts.map((_part, instance) => instance);
    for (const [instance, part] of parts.entries()) {
      part.onDidChange((paths) =>
        this.emitter.fire(paths.map((path) => path.replace(/^\/0(?=\/|$)/, `/${instance}`))),
      );
    }
  }

  read(instance: number): InstanceValues {
    return this.parts[instance]?.read(0) ?? new Map();
  }

  write(instance: number, resource: number, value: ResourceValue): Outcome | Promise<Outcome> {
    return this.parts[instance]?.write(0, resource, value) ?? { code: '4.04' };
  }

  execute(instance: number, resource: number, args: string): Outcome | Promise<Outcome> {
    return this.parts[instance]?.execute(0, resource, args) ?? { code: '4.04' };
  }
}
