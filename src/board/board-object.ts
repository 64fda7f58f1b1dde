import { type Event, Emitter } from '../base/event';
import type { ResourceValue } from '../lwm2m/values';

/** Answer to a write or execute as a CoAP code; why, for a refusal, goes out as diagnostic payload. */
export interface Outcome {
  readonly code: string;
  readonly diagnostic?: string;
}

export const changed: Outcome = { code: '2.04' };
export const methodNotAllowed: Outcome = { code: '4.05' };

/** Values of one instance, keyed by path below it: `3`, or `7/0` for an instance of a multiple resource. */
export type InstanceValues = ReadonlyMap<string, ResourceValue>;

/** One LwM2M object as a board implements it. */
export interface BoardObject {
  readonly id: number;
  /** Object version (LwM2M Core §7.2), told in the registration where it is not 1.0. */
  readonly version?: string;
  readonly instances: readonly number[];
  /** Ids of every resource an instance has, those without a value included. */
  readonly resources: readonly number[];
  /** Fires with paths below the object, `/0/3`, whose values changed. */
  readonly onDidChange: Event<readonly string[]>;
  read(instance: number): InstanceValues;
  write(
    instance: number,
    resource: number,
    value: ResourceValue,
    resourceInstance?: number,
  ): Outcome | Promise<Outcome>;
  execute(instance: number, resource: number, args: string): Outcome | Promise<Outcome>;
  /** Makes an instance, of a free id where none is wished for; only of objects whose instances come and go. */
  create?(instance: number | undefined, values: InstanceValues): Outcome & { readonly instance?: number };
  /** Puts `values` in place of all that an instance has. */
  replace?(instance: number, values: InstanceValues): Outcome;
  delete?(instance: number): Outcome;
}

/** An object with instance 0 whose values stand in a map; what it does when written or executed is overridden. */
export abstract class SingleInstance implements BoardObject {
  abstract readonly id: number;
  abstract readonly resources: readonly number[];
  readonly instances: readonly number[] = [0];
  private readonly values = new Map<string, ResourceValue>();
  private readonly emitter = new Emitter<readonly string[]>();
  readonly onDidChange = this.emitter.event;

  read(_instance: number): InstanceValues {
    return this.values;
  }

  write(_instance: number, _resource: number, _value: ResourceValue): Outcome | Promise<Outcome> {
    return methodNotAllowed;
  }

  execute(_instance: number, _resource: number, _args: string): Outcome | Promise<Outcome> {
    return methodNotAllowed;
  }

  protected get(key: string | number): ResourceValue | undefined {
    return this.values.get(String(key));
  }

  /** Sets values together, so that those who observe see them change at once; `undefined` takes one away. */
  protected set(values: Readonly<Record<string, ResourceValue | undefined>>): void {
    const paths: string[] = [];
    for (const [key, value] of Object.entries(values)) {
      if (this.values.get(key) === value) continue;
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value);
      paths.push(`/0/${key}`);
    }
    if (paths.length > 0) this.emitter.fire(paths);
  }
}
