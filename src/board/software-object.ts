import type { BlockReply, IncomingBlock } from '../coap/endpoint';
import type { ResourceValue } from '../lwm2m/values';
import { type Outcome, SingleInstance, changed } from './board-object';
import type { Faults } from './faults';
import { type Credentials, FetchError } from './package-fetcher';
import { PackageReceiver } from './package-receiver';

/** Update State (9/x/7), OMA Software Management. */
const state = { initial: 0, downloadStarted: 1, downloaded: 2, delivered: 3, installed: 4 } as const;
type State = (typeof state)[keyof typeof state];

/** Update Result (9/x/9). */
const result = {
  initial: 0,
  downloading: 1,
  installed: 2,
  delivered: 3,
  noStorage: 50,
  connectionLost: 52,
  packageType: 54,
  invalidUri: 56,
} as const;

/** A software package is a text whose first line is `name version`; the rest is what it prints when activated. */
interface Script {
  readonly name: string;
  readonly version: string;
  readonly output: string;
}

export interface SoftwareActions {
  /** The component that is there, for object 14; undefined when none is. */
  show(
    component: { readonly identity: string; readonly version: string; readonly active: boolean } | undefined,
  ): void;
  /** The package of a URI; rejects `FetchError`. */
  fetch(uri: string, signal: AbortSignal, credentials: Credentials): Promise<Uint8Array>;
  /** Whether it can be fetched at all. */
  fetches(uri: string): boolean;
  powerLost(forGood: boolean): void;
  print(line: string): void;
}

/** An instance of object 9, Software Management: one component, a script that the firmware prints. */
export class SoftwareObject extends SingleInstance {
  readonly id = 9;
  readonly resources = [0, 1, 2, 3, 4, 6, 7, 9, 10, 11, 12, 14, 15, 17];
  private readonly receiver: PackageReceiver;
  private script: Script | undefined;
  private pulling: AbortController | undefined;
  /** User Name and Password: nobody reads them back. */
  private credentials: Credentials = {};

  constructor(
    private readonly capacity: number,
    private readonly actions: SoftwareActions,
    /** Its own number, and that of its component in object 14. */
    instance = 0,
    private readonly faults: Faults = {},
  ) {
    super();
    this.set({ 0: '', 1: '', 7: state.initial, 9: result.initial, 12: false });
    this.set({ '17/0': { objectId: 14, instanceId: instance } });
    this.receiver = new PackageReceiver(
      capacity,
      {
        started: () => this.set({ 7: state.downloadStarted, 9: result.downloading }),
        completed: (content) => this.deliver(content),
        overflowed: () => this.refuse(result.noStorage),
        powerLost: (forGood) => this.actions.powerLost(forGood),
      },
      faults,
    );
  }

  receiveBlock(block: IncomingBlock): BlockReply | undefined {
    if (block.num === 0 && this.state === state.installed) return { code: '4.05' };
    return this.receiver.receive(block);
  }

  override write(_instance: number, resource: number, value: ResourceValue): Outcome {
    if (typeof value === 'string') return this.writeText(resource, value);
    if (resource !== 2 || !(value instanceof Uint8Array) || this.state === state.installed) {
      return { code: '4.05' };
    }
    this.stopTransfer();
    if (value.length > this.capacity) {
      this.refuse(result.noStorage);
      return { code: '4.13' };
    }
    this.deliver(value);
    return changed;
  }

  override execute(_instance: number, resource: number, args: string): Outcome {
    switch (resource) {
      case 4:
        return this.install();
      case 6:
        return this.uninstall(args);
      case 10:
        return this.activate();
      case 11:
        return this.deactivate();
      default:
        return { code: '4.05' };
    }
  }

  activate(): Outcome {
    if (this.state !== state.installed || !this.script) return { code: '4.05' };
    this.set({ 12: true });
    this.showComponent();
    this.actions.print(`software: ${this.script.output}`);
    return changed;
  }

  deactivate(): Outcome {
    if (this.state !== state.installed) return { code: '4.05' };
    this.set({ 12: false });
    this.showComponent();
    return changed;
  }

  /** Package URI, and who asks for it. */
  private writeText(resource: number, value: string): Outcome {
    if (resource === 14) this.credentials = { ...this.credentials, userName: value };
    else if (resource === 15) this.credentials = { ...this.credentials, password: value };
    else if (resource !== 3 || this.state === state.installed) return { code: '4.05' };
    else if (!this.actions.fetches(value)) {
      this.refuse(result.invalidUri);
      return { code: '4.00', diagnostic: 'packages of such a URI are not pulled by this board' };
    } else void this.pull(value);
    return changed;
  }

  private async pull(uri: string): Promise<void> {
    this.stopTransfer();
    const pulling = new AbortController();
    this.pulling = pulling;
    this.set({ 7: state.downloadStarted, 9: result.downloading });
    try {
      const content = await this.actions.fetch(uri, pulling.signal, this.credentials);
      if (pulling.signal.aborted) return;
      if (content.length > this.capacity) this.refuse(result.noStorage);
      else this.deliver(content);
    } catch (error) {
      if (pulling.signal.aborted) return;
      const failure = error instanceof FetchError ? error.failure : 'connection-lost';
      this.refuse(failure === 'not-found' ? result.invalidUri : result.connectionLost);
      this.actions.print(`software: not fetched, ${failure}`);
    }
  }

  private stopTransfer(): void {
    this.pulling?.abort();
    this.receiver.discard();
  }

  private get state(): State {
    return this.get(7) as State;
  }

  private deliver(content: Uint8Array): void {
    this.script = parseScript(content);
    if (!this.script) {
      this.refuse(result.packageType);
      return;
    }
    this.set({ 0: this.script.name, 1: this.script.version, 7: state.delivered, 9: result.delivered });
  }

  /** Nothing is left of the package, nor of one delivered before it. */
  private refuse(updateResult: number): void {
    this.script = undefined;
    this.set({ 0: '', 1: '', 7: state.initial, 9: updateResult });
  }

  private install(): Outcome {
    if (this.state !== state.delivered) return { code: '4.05' };
    if (this.faults.installResult !== undefined) {
      this.set({ 9: this.faults.installResult });
      return changed;
    }
    this.set({ 7: state.installed, 9: result.installed });
    this.showComponent();
    return changed;
  }

  /** None or `0` removes, `1` prepares for an update: either way State goes back to INITIAL. */
  private uninstall(args: string): Outcome {
    if (this.state !== state.installed && this.state !== state.delivered) return { code: '4.05' };
    if (!['', '0', '1'].includes(args)) return { code: '4.00' };
    if (args === '1' && this.faults.uninstallResult !== undefined) {
      this.set({ 9: this.faults.uninstallResult });
      return changed;
    }
    this.script = undefined;
    this.set({ 7: state.initial, 9: result.initial, 12: false });
    if (args !== '1') this.set({ 0: '', 1: '' });
    this.showComponent();
    return changed;
  }

  private showComponent(): void {
    const { script } = this;
    const installed = script && this.state === state.installed;
    this.actions.show(
      installed
        ? { identity: script.name, version: script.version, active: this.get(12) === true }
        : undefined,
    );
  }
}

function parseScript(content: Uint8Array): Script | undefined {
  const [head = '', ...body] = Buffer.from(content).toString('utf8').split('\n');
  const match = /^([\w.-]{1,64}) ([\w.+-]{1,32})$/.exec(head.trim());
  return match?.[1] && match[2]
    ? { name: match[1], version: match[2], output: body.join('\n').trim() }
    : undefined;
}
