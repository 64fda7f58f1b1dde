import { createHash, createPublicKey } from 'node:crypto';
import type { Clock } from '../base/clock';
import { type Disposable, DisposableStore } from '../base/disposable';
import { type Event, Emitter } from '../base/event';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import type { BlockReply, CoapEndpoint, IncomingBlock } from '../coap/endpoint';
import type { Link, Peer } from '../link/link';
import { type PackagePolicy, policyInstances } from '../lwm2m/package-policy';
import { deltaBaseValues } from '../lwm2m/delta-base';
import type { InstanceValues } from './board-object';
import { BootstrapClient, type BoardAccount } from './bootstrap-client';
import { type BootableImage, type BoardPolicy, type Boot, boot, examine, factoryImage } from './bootloader';
import { ContainerObject } from './container-object';
import { ConnectivityObject } from './connectivity-object';
import { type DeviceIdentity, DeviceObject } from './device-object';
import type { Faults } from './faults';
import { type FirmwareActions, FirmwareObject } from './firmware-object';
import { FirmwareParts } from './firmware-parts';
import { impairLink } from './impaired-link';
import { type Credentials, PackageFetcher } from './package-fetcher';
import { ObjectTree } from './object-tree';
import { RegistrationClient } from './registration-client';
import { ServerObject } from './server-object';
import { Shell } from './shell';
import { SleepyLink } from './sleepy-link';
import { Slots } from './slots';
import { makeSoftware } from './software-parts';

export interface VirtualBoardOptions {
  /** The board's end of the link. The board owns it. */
  readonly link: Link;
  readonly createEndpoint: (link: Link) => CoapEndpoint;
  readonly clock: Clock;
  readonly log: Log;
  /** Endpoint client name. */
  readonly endpoint: string;
  /** The server to register with; the link's one peer by default. */
  readonly server?: Peer;
  readonly policy: BoardPolicy;
  readonly identity?: DeviceIdentity;
  /** Where the flash lies; without it the board forgets everything with its process. */
  readonly flashFolder?: string;
  /** Registration lifetime, seconds. */
  readonly lifetime?: number;
  /** Bytes that each of the two slots holds. */
  readonly slotBytes?: number;
  /** How long a reboot takes, ms. */
  readonly rebootMs?: number;
  /** Whether it de-registers before a reboot; most real boards do not. */
  readonly deregistersOnReboot?: boolean;
  /** Whether it takes packages that bring a patch to the image it runs; it does by default. */
  readonly takesPatches?: boolean;
  readonly faults?: Faults;
  /** Instances of object 9, each with a component in object 14; 1 by default. */
  readonly softwareInstances?: number;
  /** Offers its firmware by object 33629 too: an application, and a radio on a microcontroller of its own. */
  readonly components?: boolean;
  /** Puts it into queue mode: it listens so long after each datagram, ms, and sleeps until it has something to say. */
  readonly awakeMs?: number;
  /** Comes from the factory without a server account and without trust anchors, and asks for both (Core §6.1). */
  readonly bootstrap?: boolean;
  /** Tells in object 19 by what it judges packages, so that a server need not push what it would refuse. */
  readonly tellsPolicy?: boolean;
}

const defaultIdentity: DeviceIdentity = {
  manufacturer: 'Slipway',
  model: 'Virtual Board',
  serialNumber: 'VB-0001',
};

/** Answers must be on their way before the board goes down, ms. */
const answerMs = 100;

/**
 * A LwM2M 1.1 client with a bootloader and two slots, all in TypeScript: it registers over its link, takes packages
 * for object 5, checks them with the keys it was given, reboots into them and comes back with the new version.
 */
export class VirtualBoard implements Disposable {
  private readonly link: Link;
  private readonly sleepy: SleepyLink | undefined;
  private readonly slots: Slots;
  private readonly parts: FirmwareParts | undefined;
  private readonly faults: Faults;
  private readonly booted = new Emitter<Boot>();
  private readonly registered = new Emitter<void>();
  private running: DisposableStore | undefined;
  private registration: RegistrationClient | undefined;
  private tree: ObjectTree | undefined;
  private account: BoardAccount | undefined;
  /** It has an account, and was told to ask for another. */
  private asksAnew = false;
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
    const { link, faults = {}, clock } = options;
    this.faults = faults;
    this.sleepy = options.awakeMs === undefined ? undefined : new SleepyLink(link, clock, options.awakeMs);
    const line = this.sleepy ?? link;
    this.link = faults.impairments ? impairLink(line, faults.impairments, clock, faults.seed) : line;
    this.parts = options.components ? new FirmwareParts() : undefined;
    this.slots = new Slots(options.slotBytes ?? 1024 * 1024, options.flashFolder);
  }

  /** Version of the running image; undefined while it is off. */
  get version(): string | undefined {
    return this.running && this.image?.version;
  }

  /** Powers the board on. Rejects when its flash folder can't be used. */
  async start(): Promise<void> {
    await this.slots.open(factoryImage);
    await this.boot();
  }

  /** Stops listening at once, where it is in queue mode. */
  sleep(): void {
    this.sleepy?.sleep();
  }

  /** Updates its registration now, and listens again. */
  wake(): void {
    this.registration?.updateNow();
  }

  /** Sends the values at and below those paths by itself (Send, LwM2M Core §6.4.6). Rejects where it is refused. */
  async send(paths: readonly string[]): Promise<void> {
    if (!this.tree) throw new SlipwayError('link.closed', { link: this.link.id });
    await this.registration?.send(this.tree.content(paths));
  }

  /** De-registers and powers off. */
  async stop(): Promise<void> {
    await this.registration?.deregister();
    this.dispose();
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.powerOff();
    this.restart?.dispose();
    this.link.dispose();
    this.booted.dispose();
    this.registered.dispose();
  }

  /** By what it judges packages: what the factory gave it, or its bootstrap. */
  private get policy(): BoardPolicy {
    const { policy, bootstrap } = this.options;
    if (!bootstrap) return policy;
    const { vendorId, classId } = policy;
    return { vendorId, classId, trustAnchors: this.account?.trustAnchors ?? [] };
  }

  private toldPolicy({ sequence }: BootableImage): PackagePolicy {
    const { vendorId, classId, trustAnchors } = this.policy;
    const spki = trustAnchors.map(({ publicKeyPem }) =>
      createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' }),
    );
    return { vendorId, classId, sequence, trustAnchors: spki };
  }

  /** What the board tells of itself in object 19. */
  private ownInstances(image: BootableImage, sha256: Uint8Array): readonly InstanceValues[] {
    return [
      ...(this.options.tellsPolicy ? policyInstances(this.toldPolicy(image)) : []),
      ...(this.takesPatches ? [deltaBaseValues(sha256)] : []),
    ];
  }

  /** Bootstrap-Request Trigger (1/0/9): what it has counts until it is given another account. */
  private askAnew(): void {
    this.asksAnew = true;
    this.print('bootstrap: asked to ask for an account');
    this.reboot(false);
  }

  /** Asks for a bootstrap until it has an account, and starts anew with that. */
  private awaitBootstrap(running: DisposableStore, coap: CoapEndpoint): void {
    const { clock, log, endpoint, faults } = this.options;
    const server = this.options.server ?? this.link.peer;
    if (!server) return;
    const client = running.add(
      new BootstrapClient({
        coap,
        server,
        clock,
        log,
        endpoint,
        ...(faults?.refusesObjects && { refuses: faults.refusesObjects }),
        onDidFinish: (account) => {
          this.account = account;
          this.asksAnew = false;
          this.print('bootstrap: account taken');
          this.reboot(false);
        },
      }),
    );
    running.add(coap.serve({ handle: (request) => client.handle(request) }));
    running.add(
      this.link.onDidChangeState((state) => {
        if (state === 'open') client.askNow();
      }),
    );
    void client.run();
  }

  private async boot(): Promise<void> {
    const started = await boot(this.slots, this.policy, !this.faults.rollsBack);
    if (this.disposed) return;
    // What the bootloader tried came by an update, also one that an earlier process began.
    const endsUpdate = this.updating || started.outcome === 'updated' || started.outcome === 'rolled-back';
    this.restart = undefined;
    this.updating = false;
    this.image = started.image;
    this.powerOn(started.image, endsUpdate ? started.outcome === 'updated' : undefined);
    if (started.outcome === 'rolled-back') {
      this.print('boot: the new image did not confirm itself, rolled back');
    }
    if (started.outcome === 'recovered') {
      this.print(`boot: no good image in the active slot, ${started.reason?.code}`);
    }
    this.print(`boot: slot ${this.slots.active}, version ${started.image.version}`);
    this.print(started.image.banner);
    for (const component of started.image.further ?? []) this.print(`  with ${component}`);
    this.booted.fire(started);
  }

  /** Brings up everything that lives from one boot to the next. `updated`: what became of an update, if one was on. */
  private powerOn(image: BootableImage, updated: boolean | undefined): void {
    const { clock, log, identity = defaultIdentity, lifetime = 300 } = this.options;
    const running = new DisposableStore();
    this.running = running;

    const coap = running.add(this.options.createEndpoint(this.link));
    const peer = this.options.server ?? this.link.peer;
    const fetcher = new PackageFetcher(coap, peer);
    const device = new DeviceObject(clock, identity, {
      memoryFreeKb: () => Math.floor(this.slots.capacity / 1024),
      reboot: () => this.reboot(false),
    });
    device.setFirmwareVersion(image.version);
    const line = {
      fetch: (uri: string, signal: AbortSignal, credentials?: Credentials) =>
        fetcher.fetch(uri, signal, credentials),
      fetches: (uri: string) => fetcher.supports(uri),
      powerLost: (forGood: boolean) => this.losePower(forGood),
      print: (text: string) => this.print(text),
    };
    const { capacity } = this.slots;
    const actions: FirmwareActions = {
      ...line,
      examine: (content) =>
        examine(content, this.policy, {
          minimumSequence: image.sequence,
          slot: this.slots.inactive,
          capacity,
          ...(this.takesPatches && {
            running: this.faults.refusesPatches ? new Uint8Array() : image.payload,
          }),
        }),
      install: async (content, { patched, payload }) => {
        await this.slots.writeInactive({ bytes: content, ...(patched && { image: payload }) });
        await this.slots.markPending();
      },
      reboot: () => this.reboot(true),
    };
    const faults =
      this.powerLosses < (this.faults.resetTimes ?? Infinity) ? this.faults : withoutResets(this.faults);
    const firmware = new FirmwareObject(capacity, clock, actions, faults, fetcher.protocols);
    const ofParts = this.parts?.updating ?? false;
    const parts = this.parts?.boot({
      ...{ image, updated, capacity, clock, actions, faults, protocols: fetcher.protocols },
      examine: (content, minimumSequence) =>
        examine(content, this.policy, { minimumSequence, slot: 'A', capacity }),
    });
    for (const object of [firmware, ...(parts?.members ?? [])]) running.add(object);
    if (updated !== undefined && !ofParts) firmware.booted(updated);
    const software = makeSoftware(this.options.softwareInstances ?? 1, line, faults);
    const takers = new Map<string, BlockTaker>([
      ['/5/0/0', firmware],
      ...software.members.map((taker, instance) => [`/9/${instance}/2`, taker] as const),
      ...(parts?.members ?? []).map((taker, instance) => [`/33629/${instance}/0`, taker] as const),
    ]);
    const server = new ServerObject(
      this.account?.lifetime ?? lifetime,
      {
        update: () => this.registration?.updateNow(),
        ...(this.options.bootstrap && { bootstrap: () => this.askAnew() }),
      },
      this.link.capabilitiesOf ? 'T' : 'U',
    );
    const sha256 = createHash('sha256').update(image.payload).digest();
    const containers = new ContainerObject({
      instancesChanged: () => this.registration?.updateNow(),
      // Each time anew: keys, vendor and class that are trusted change with the settings.
      ownInstances: () => this.ownInstances(image, sha256),
    });
    const objects = [
      server,
      device,
      new ConnectivityObject(this.link.id),
      firmware,
      software.management,
      software.components,
      containers,
      ...(parts ? [parts.object] : []),
    ];
    const tree = running.add(new ObjectTree(objects, this.faults.loseNotifications ?? false, clock));
    this.tree = tree;
    const shell = new Shell({
      version: () => image.version,
      slots: () => this.describeSlots(),
      reboot: () => this.reboot(false),
    });
    running.add(this.link.onConsole((data) => this.write(shell.input(data))));
    if (this.options.bootstrap && (!this.account || this.asksAnew)) {
      this.awaitBootstrap(running, coap);
      return;
    }
    running.add(
      coap.serve({
        handle: (request) => tree.handle(request),
        handleBlock: (block) => receiveBlock(block, takers),
      }),
    );
    if (peer) {
      const registration = running.add(
        new RegistrationClient({
          coap,
          server: peer,
          clock,
          log,
          endpoint: this.options.endpoint,
          lifetime: () => server.lifetime,
          links: () => tree.links(),
          queueMode: this.sleepy !== undefined,
          onDidRegister: () => this.registered.fire(),
        }),
      );
      this.registration = registration;
      // Whoever plugs the cable in may be another server than before: it is told at once who is here.
      running.add(
        this.link.onDidChangeState((state) => {
          if (state === 'open') registration.updateNow();
        }),
      );
      void registration.run();
    }
  }

  private powerOff(): void {
    this.running?.dispose();
    this.running = undefined;
    this.registration = undefined;
    this.tree = undefined;
  }

  /** Goes down once answers are out, and comes back after the time a reboot takes. */
  private reboot(forUpdate: boolean): void {
    const { clock, rebootMs = 500, deregistersOnReboot } = this.options;
    this.updating ||= forUpdate;
    if (this.restart) return;
    const goesDown = clock.schedule(answerMs, () => {
      const goodbye = deregistersOnReboot ? this.registration?.deregister() : undefined;
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

  private get takesPatches(): boolean {
    return this.options.takesPatches ?? true;
  }

  private describeSlots(): readonly string[] {
    return (['A', 'B'] as const).map((name) => {
      const content = this.slots.read(name);
      const use = name === this.slots.active ? 'runs' : this.slots.pending ? 'to be tried' : 'spare';
      return `${name}: ${content ? `${content.bytes.length} bytes` : 'empty'}, ${use}`;
    });
  }

  private print(line: string): void {
    this.write(`${line}\r\n`);
  }

  private write(text: string): void {
    if (text === '') return;
    // Nobody listens to a console while the cable is out.
    this.link.writeConsole(Buffer.from(text, 'utf8')).catch(() => undefined);
  }
}

function withoutResets(faults: Faults): Faults {
  const others = { ...faults };
  delete (others as { resetAtBlock?: number }).resetAtBlock;
  return others;
}

/** What takes a package by blocks. */
interface BlockTaker {
  receiveBlock(block: IncomingBlock): BlockReply | undefined;
}

/** Packages are taken block by block; every other request is put together first. */
function receiveBlock(block: IncomingBlock, takers: ReadonlyMap<string, BlockTaker>): BlockReply | undefined {
  const taker = block.method === 'PUT' ? takers.get(block.path) : undefined;
  // A board that lost power answers nobody: its endpoint is gone before this reply could leave.
  return taker && (taker.receiveBlock(block) ?? { code: '5.03' });
}
