import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import type { BlockReply, IncomingBlock } from '../coap/endpoint';
import type { ResourceValue } from '../lwm2m/values';
import { type Outcome, SingleInstance, changed } from './board-object';
import type { BootableImage } from './bootloader';
import type { Faults } from './faults';
import { FetchError } from './package-fetcher';
import { PackageReceiver } from './package-receiver';

/** State (5/0/3), OMA Firmware Update 1.1. */
const state = { idle: 0, downloading: 1, downloaded: 2, updating: 3 } as const;
type State = (typeof state)[keyof typeof state];

/** Firmware Update Delivery Method (5/0/9). */
const deliveryMethod = { pull: 0, push: 1, both: 2 } as const;

/** Update Result (5/0/5), those that this board comes to by itself. */
const result = {
  initial: 0,
  success: 1,
  notEnoughFlash: 2,
  connectionLost: 4,
  integrity: 5,
  packageType: 6,
  invalidUri: 7,
  updateFailed: 8,
  protocol: 9,
  cancelled: 10,
  deferred: 11,
} as const;

export interface FirmwareActions {
  /** Checks a package; throws as `examine` does. */
  examine(content: Uint8Array): BootableImage;
  /** Puts it into the inactive slot, to be tried by the next boot; `image` is what `examine` made of it. */
  install(content: Uint8Array, image: BootableImage): Promise<void>;
  /** The package of a URI; rejects `FetchError`. */
  fetch(uri: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Whether it can be fetched at all. */
  fetches(uri: string): boolean;
  /** Starts the board anew, after the answer to Update went out. */
  reboot(): void;
  powerLost(forGood: boolean): void;
  print(line: string): void;
}

/** Object 5, Firmware Update 1.1, by push and pull. */
export class FirmwareObject extends SingleInstance implements Disposable {
  readonly id: number = 5;
  readonly version: string = '1.1';
  readonly resources: readonly number[] = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13];
  private readonly receiver: PackageReceiver;
  private taken: { readonly content: Uint8Array; readonly image: BootableImage } | undefined;
  private pulling: AbortController | undefined;
  /** Until the update that was put off is made. */
  private deferral: Disposable | undefined;

  constructor(
    private readonly capacity: number,
    private readonly clock: Clock,
    private readonly actions: FirmwareActions,
    private readonly faults: Faults,
    protocols: readonly number[],
  ) {
    super();
    const supported = (faults.protocols ?? protocols).map(
      (protocol, index) => [`8/${index}`, protocol] as const,
    );
    const method = faults.delivery ?? deliveryMethod.both;
    this.set({ 1: '', 5: result.initial, ...Object.fromEntries(supported), 9: method, 11: 1, 13: 0 });
    this.enter(state.idle);
    this.receiver = new PackageReceiver(
      capacity,
      {
        started: () => this.startDownload(),
        completed: (content) => this.finishDownload(content),
        overflowed: () => this.enter(state.idle, result.notEnoughFlash),
        powerLost: (forGood) => this.actions.powerLost(forGood),
      },
      faults,
    );
  }

  /** Power is lost: what was going on ends. */
  dispose(): void {
    this.pulling?.abort();
    this.deferral?.dispose();
  }

  get isIdle(): boolean {
    return this.state === state.idle;
  }

  protected get isDownloaded(): boolean {
    return this.state === state.downloaded;
  }

  /** Ends an update before it began; what was downloaded stays. */
  fail(updateResult: number): void {
    this.set({ 5: updateResult });
  }

  /** What the boot came to: the result of an update that was under way before it. */
  booted(updated: boolean): void {
    this.enter(state.idle, this.bootResult(updated));
  }

  /** Takes a block of the package; undefined when no answer goes out. */
  receiveBlock(block: IncomingBlock): BlockReply | undefined {
    if (block.num === 0 && !block.more && isReset(block.payload)) return this.reset();
    // A package that waits to be applied, or is being applied, is not overwritten.
    if (block.num === 0 && (this.state >= state.downloaded || !this.pushes)) return { code: '4.05' };
    return this.receiver.receive(block);
  }

  override write(_instance: number, resource: number, value: ResourceValue): Outcome {
    switch (resource) {
      case 0:
        return this.writePackage(value);
      case 1:
        return this.writeUri(value);
      case 11:
        // Critical, mandatory, optional.
        return value === 0 || value === 1 || value === 2 ? this.keep(resource, value) : { code: '4.00' };
      case 13:
        return Number(value) >= 0 ? this.keep(resource, value) : { code: '4.00' };
      default:
        return { code: '4.05' };
    }
  }

  override async execute(_instance: number, resource: number, _args: string): Promise<Outcome> {
    if (resource === 10) return this.cancel();
    return resource === 2 ? this.update() : { code: '4.05' };
  }

  private keep(resource: number, value: ResourceValue): Outcome {
    this.set({ [resource]: value });
    return changed;
  }

  private get state(): State {
    return this.get(3) as State;
  }

  private enter(next: State, updateResult?: number): void {
    this.set({
      3: next,
      ...(this.state !== next && { 12: new Date(Math.floor(this.clock.wallTime() / 1000) * 1000) }),
      ...(updateResult !== undefined && { 5: updateResult }),
    });
  }

  private startDownload(): void {
    this.enter(state.downloading, result.initial);
    this.actions.print('firmware: download started');
  }

  private finishDownload(content: Uint8Array): void {
    if (this.faults.downloadResult !== undefined) {
      this.enter(state.idle, this.faults.downloadResult);
      return;
    }
    try {
      const image = this.actions.examine(content);
      const conflict = this.conflictOf(image, content);
      if (conflict !== undefined) {
        this.enter(state.idle, conflict);
        return;
      }
      this.hold(content, image);
      const made = image.patched ? `, a patch that makes ${image.payload.length} bytes` : '';
      this.actions.print(
        `firmware: ${content.length} bytes${made}, version ${image.version}, signature good`,
      );
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      this.enter(state.idle, resultOf(error));
      this.actions.print(`firmware: refused, ${error.message}`);
    }
  }

  /** A result that keeps a good package from being taken; of an object with more instances. */
  protected conflictOf(_image: BootableImage, _content: Uint8Array): number | undefined {
    return undefined;
  }

  /** Takes a good package; `version` is what of it this object is about. */
  protected hold(content: Uint8Array, image: BootableImage, version = image.version): void {
    this.taken = { content, image };
    this.set({ 6: 'app', 7: version });
    this.enter(state.downloaded);
  }

  /** A single zero byte brings the object back to Idle; anything else is a package that fits one message. */
  private writePackage(value: ResourceValue): Outcome {
    if (!(value instanceof Uint8Array)) return { code: '4.00' };
    if (isReset(value)) return this.reset();
    if (this.state >= state.downloaded || !this.pushes) return { code: '4.05' };
    this.receiver.discard();
    if (value.length > this.capacity) {
      this.enter(state.idle, result.notEnoughFlash);
      return { code: '4.13' };
    }
    this.startDownload();
    this.finishDownload(value);
    return changed;
  }

  /** An empty URI brings the object back to Idle; any other is fetched. */
  private writeUri(value: ResourceValue): Outcome {
    if (value === '') return this.reset();
    // A package that comes, or is here, is not given up for one that may not be had.
    if (this.state !== state.idle || typeof value !== 'string') return { code: '4.05' };
    if (this.get(9) === deliveryMethod.push || !this.actions.fetches(value)) {
      this.set({ 5: result.protocol });
      return { code: '4.00', diagnostic: 'packages of such a URI are not pulled by this board' };
    }
    this.set({ 1: value });
    void this.pull(value);
    return changed;
  }

  private get pushes(): boolean {
    return this.get(9) !== deliveryMethod.pull;
  }

  private async pull(uri: string): Promise<void> {
    const pulling = new AbortController();
    this.pulling = pulling;
    this.startDownload();
    try {
      const content = await this.actions.fetch(uri, pulling.signal);
      if (pulling.signal.aborted) return;
      if (content.length > this.capacity) this.enter(state.idle, result.notEnoughFlash);
      else this.finishDownload(content);
    } catch (error) {
      if (pulling.signal.aborted) return;
      const failure = error instanceof FetchError ? error.failure : 'connection-lost';
      this.enter(state.idle, failure === 'not-found' ? result.invalidUri : result.connectionLost);
      this.actions.print(`firmware: not fetched, ${failure}`);
    } finally {
      if (this.pulling === pulling) this.pulling = undefined;
    }
  }

  private reset(): Outcome {
    if (this.state === state.updating) return { code: '4.05' };
    this.discard();
    this.enter(state.idle, result.initial);
    return changed;
  }

  private cancel(): Outcome {
    if (this.state !== state.downloading && this.state !== state.downloaded) return { code: '4.05' };
    this.discard();
    this.enter(state.idle, result.cancelled);
    return changed;
  }

  private discard(): void {
    this.taken = undefined;
    this.pulling?.abort();
    this.deferral?.dispose();
    this.receiver.discard();
    this.set({ 1: '', 6: undefined, 7: undefined });
  }

  private async update(): Promise<Outcome> {
    if (this.state !== state.downloaded || !this.taken) return { code: '4.05' };
    const { deferMs } = this.faults;
    if (this.faults.updateResult === result.deferred || (deferMs !== undefined && !this.deferral)) {
      this.enter(state.downloaded, result.deferred);
      if (deferMs !== undefined) this.deferral = this.clock.schedule(deferMs, () => void this.update());
      return changed;
    }
    if (!(await this.prepare())) return { code: '5.00', diagnostic: 'the flash could not be written' };
    this.actions.reboot();
    return changed;
  }

  /** Installs what was downloaded, for the next boot to start. */
  async prepare(): Promise<boolean> {
    this.enter(state.updating);
    this.actions.print('firmware: update, rebooting');
    try {
      const { taken } = this;
      if (taken && this.faults.updateResult === undefined) {
        await this.actions.install(taken.content, taken.image);
      }
      return true;
    } catch (error) {
      this.discard();
      this.enter(state.idle, result.updateFailed);
      this.actions.print(`firmware: not installed, ${String(error)}`);
      return false;
    }
  }

  private bootResult(updated: boolean): number {
    return this.faults.updateResult ?? (updated ? result.success : result.updateFailed);
  }
}

/** Whether what is written to Package asks for a reset: a single zero byte. */
function isReset(content: Uint8Array): boolean {
  return content.length === 1 && content[0] === 0;
}

/** The Update Result that fits a refusal best. */
function resultOf(error: SlipwayError): number {
  switch (error.code) {
    case 'suit.malformed':
    case 'suit.unsigned':
    case 'suit.unsupported':
    case 'suit.unknown-algorithm':
    case 'suit.not-canonical':
    case 'suit.vendor-mismatch':
    case 'suit.class-mismatch':
      return result.packageType;
    case 'delta.too-large':
      return result.notEnoughFlash;
    case 'delta.unsupported':
      return result.packageType;
    // Good, but not for what runs here.
    case 'suit.wrong-base':
    case 'suit.sequence-too-low':
      return result.updateFailed;
    default:
      return result.integrity;
  }
}
