import type { Disposable } from '../base/disposable';
import { type Event, Emitter } from '../base/event';
import { SlipwayError } from '../base/errors';
import { type BoardHardware, assemble } from './board-hardware';
import type { VirtualBoardOptions } from './board-options';
import { BootedBoard } from './booted-board';
import { type BootableImage, type Boot, boot, factoryImage } from './bootloader';
import type { Faults } from './faults';

/** Answers must be on their way before the board goes down, ms. */
const answerMs = 100;

/**
 * A LwM2M 1.1 client with a bootloader and two slots, all in TypeScript: it registers over its link, takes packages
 * for object 5, checks them with the keys it was given, reboots into them and comes back with the new version.
 */
export class VirtualBoard implements Disposable {
  private readonly hardware: BoardHardware;
  private readonly faults: Faults;
  private readonly booted = new Emitter<Boot>();
  private readonly registered = new Emitter<void>();
  private running: BootedBoard | undefined;
  private image: BootableImage | undefined;
  /** While the board goes down and until it boots. */
  private restart: Disposable | undefined;
  /** Whether the next boot ends an update. */
  private updating = false;
  private powerLosses = 0;
  private disposed = false;

  /** Fires after each boot. */
  readonly onDidBoot: Event<Boot> = this.booted.event;
  /** Fires when a registration stands. */
  readonly onDidRegister: Event<void> = this.registered.event;

  constructor(private readonly options: VirtualBoardOptions) {
    this.hardware = assemble(options);
    this.faults = options.faults ?? {};
  }

  /** Version of the running image; undefined while it is off. */
  get version(): string | undefined {
    return this.running && this.image?.version;
  }

  /** Powers the board on. Rejects when its flash folder can't be used. */
  async start(): Promise<void> {
    await this.hardware.slots.open(factoryImage);
    await this.boot();
  }

  /** Stops listening at once, where it is in queue mode. */
  sleep(): void {
    this.hardware.radio?.sleep();
  }

  /** Updates its registration now, and listens again. */
  wake(): void {
    this.running?.updateRegistration();
  }

  /** Sends the values at and below those paths by itself (Send, LwM2M Core §6.4.6). Rejects where it is refused. */
  async send(paths: readonly string[]): Promise<void> {
    if (!this.running) throw new SlipwayError('link.closed', { link: this.hardware.link.id });
    await this.running.send(paths);
  }

  /** De-registers and powers off. */
  async stop(): Promise<void> {
    await this.running?.deregister();
    this.dispose();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.powerOff();
    this.restart?.dispose();
    this.hardware.link.dispose();
    this.booted.dispose();
    this.registered.dispose();
  }

  private async boot(): Promise<void> {
    const { slots, provisioning } = this.hardware;
    const started = await boot(slots, provisioning.policy, !this.faults.rollsBack);
    if (this.disposed) return;
    // What the bootloader tried came by an update, also one that an earlier process began.
    const endsUpdate = this.updating || started.outcome === 'updated' || started.outcome === 'rolled-back';
    this.restart = undefined;
    this.updating = false;
    this.image = started.image;
    this.powerOn(started.image, endsUpdate ? started.outcome === 'updated' : undefined);
    this.announce(started);
    this.booted.fire(started);
  }

  private announce({ outcome, reason, image }: Boot): void {
    const { console, slots } = this.hardware;
    if (outcome === 'rolled-back') console.print('boot: the new image did not confirm itself, rolled back');
    if (outcome === 'recovered') console.print(`boot: no good image in the active slot, ${reason?.code}`);
    console.print(`boot: slot ${slots.active}, version ${image.version}`);
    console.print(image.banner);
    for (const component of image.further ?? []) console.print(`  with ${component}`);
  }

  /** `updated`: what became of an update, if one was on. */
  private powerOn(image: BootableImage, updated: boolean | undefined): void {
    const isSpared = this.powerLosses >= (this.faults.resetTimes ?? Infinity);
    const faults = isSpared ? withoutResets(this.faults) : this.faults;
    this.running = new BootedBoard(
      this.hardware,
      { image, updated, faults },
      {
        reboot: (forUpdate) => this.reboot(forUpdate),
        losePower: (forGood) => this.losePower(forGood),
        registered: () => this.registered.fire(),
      },
    );
  }

  private powerOff(): void {
    this.running?.dispose();
    this.running = undefined;
  }

  /** Goes down once answers are out, and comes back after the time a reboot takes. */
  private reboot(forUpdate: boolean): void {
    const { clock, rebootMs = 500, deregistersOnReboot } = this.options;
    this.updating ||= forUpdate;
    if (this.restart) return;
    const goesDown = clock.schedule(answerMs, () => {
      const goodbye = deregistersOnReboot ? this.running?.deregister() : undefined;
      void Promise.resolve(goodbye).then(() => {
        // Power may have gone before the goodbye was over.
        if (this.disposed || this.restart !== goesDown) return;
        this.powerOff();
        if (this.updating && this.faults.neverReturns) return;
        this.restart = clock.schedule(rebootMs, () => this.bootLater());
      });
    });
    this.restart = goesDown;
  }

  private losePower(forGood: boolean): void {
    this.powerLosses++;
    this.powerOff();
    this.restart?.dispose();
    const { clock, rebootMs = 500 } = this.options;
    this.restart = forGood ? undefined : clock.schedule(rebootMs, () => this.bootLater());
  }

  private bootLater(): void {
    this.boot().catch((error: unknown) => {
      this.options.log.error(`${this.options.endpoint}: can't boot: ${String(error)}`);
    });
  }
}

function withoutResets(faults: Faults): Faults {
  const others = { ...faults };
  delete (others as { resetAtBlock?: number }).resetAtBlock;
  return others;
}
