import { type Outcome, SingleInstance, changed } from './board-object';

/** Object 14, Software Component (OMA LwM2M Software Component): what object 9 installed. */
export class ComponentObject extends SingleInstance {
  readonly id = 14;
  readonly resources = [0, 2, 3, 4, 5];

  constructor(private readonly actions: { activate(): Outcome; deactivate(): Outcome }) {
    super();
  }

  /** Shows the component that is installed; nothing when none is. */
  show(
    component: { readonly identity: string; readonly version: string; readonly active: boolean } | undefined,
  ): void {
    this.set({ 0: component?.identity, 2: component?.version, 5: component?.active ?? false });
  }

  override execute(_instance: number, resource: number, _args: string): Outcome {
    if (resource === 3) return this.actions.activate();
    if (resource === 4) return this.actions.deactivate();
    return changed;
  }
}
