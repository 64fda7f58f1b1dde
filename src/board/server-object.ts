import type { ResourceValue } from '../lwm2m/values';
import { type Outcome, SingleInstance, changed } from './board-object';

/** Object 1, LwM2M Server (LwM2M Core, appendix E.2): the account of the one server this board registers with. */
export class ServerObject extends SingleInstance {
  readonly id = 1;
  readonly version = '1.1';
  readonly resources: readonly number[];

  constructor(
    lifetime: number,
    /** `bootstrap`: asks for a bootstrap anew; absent where the board has no bootstrap server. */
    private readonly actions: { update(): void; readonly bootstrap?: () => void },
    binding = 'U',
  ) {
    super();
    this.resources = [0, 1, 2, 3, 6, 7, 8, ...(actions.bootstrap ? [9] : [])];
    this.set({ 0: 1, 1: lifetime, 2: 0, 3: 0, 6: false, 7: binding });
  }

  /** Lifetime (1/0/1), seconds. */
  get lifetime(): number {
    return Number(this.get(1));
  }

  override write(_instance: number, resource: number, value: ResourceValue): Outcome {
    if (![1, 2, 3, 6].includes(resource)) return { code: '4.05' };
    if (resource === 1 && Number(value) < 1) return { code: '4.00', diagnostic: 'lifetime must be positive' };
    this.set({ [resource]: value });
    // A changed lifetime has to be told to the server (LwM2M Core §6.2.2).
    if (resource === 1) this.actions.update();
    return changed;
  }

  override execute(_instance: number, resource: number, _args: string): Outcome {
    if (resource === 8) this.actions.update();
    if (resource === 9) this.actions.bootstrap?.();
    return changed;
  }
}
