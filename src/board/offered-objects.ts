import { createHash } from 'node:crypto';
import { type Disposable, DisposableStore } from '../base/disposable';
import type { BlockReply, IncomingBlock } from '../coap/endpoint';
import { deltaBaseValues } from '../lwm2m/delta-base';
import { policyInstances } from '../lwm2m/package-policy';
import type { BoardHardware } from './board-hardware';
import type { BoardObject, InstanceValues } from './board-object';
import { type BootableImage, examine } from './bootloader';
import { ConnectivityObject } from './connectivity-object';
import { ContainerObject } from './container-object';
import { type DeviceIdentity, DeviceObject } from './device-object';
import type { Faults } from './faults';
import { type FirmwareActions, FirmwareObject } from './firmware-object';
import type { BootedParts } from './firmware-parts';
import type { PackageFetcher } from './package-fetcher';
import { ServerObject } from './server-object';
import { makeSoftware } from './software-parts';

/** What runs from a boot on. */
export interface BootedImage {
  readonly image: BootableImage;
  /** What became of an update; undefined where none was on. */
  readonly updated: boolean | undefined;
  /** Those of the board that this boot still has. */
  readonly faults: Faults;
}

/** What the objects have the board do. */
export interface BoardActions {
  /** Goes down once answers are out, and comes back. */
  reboot(forUpdate: boolean): void;
  losePower(forGood: boolean): void;
  updateRegistration(): void;
  /** Asks for an account anew. */
  askForAccount(): void;
}

/** What takes a package by blocks. */
interface BlockTaker {
  receiveBlock(block: IncomingBlock): BlockReply | undefined;
}

const defaultIdentity: DeviceIdentity = {
  manufacturer: 'Slipway',
  model: 'Virtual Board',
  serialNumber: 'VB-0001',
};

/** The objects that a board offers to its server from one boot to the next, and who of them takes which package. */
export class OfferedObjects implements Disposable {
  readonly server: ServerObject;
  readonly all: readonly BoardObject[];
  private readonly owned = new DisposableStore();
  private readonly takers: ReadonlyMap<string, BlockTaker>;

  constructor(
    private readonly hardware: BoardHardware,
    private readonly booted: BootedImage,
    private readonly fetcher: PackageFetcher,
    private readonly actions: BoardActions,
  ) {
    const { link, options, provisioning } = hardware;
    const { faults } = booted;
    const { firmware, parts } = this.makeFirmware();
    const software = makeSoftware(options.softwareInstances ?? 1, this.line(), faults);
    this.takers = new Map<string, BlockTaker>([
      ['/5/0/0', firmware],
      ...software.members.map((taker, instance) => [`/9/${instance}/2`, taker] as const),
      ...(parts?.members ?? []).map((taker, instance) => [`/33629/${instance}/0`, taker] as const),
    ]);
    this.server = new ServerObject(
      provisioning.lifetime ?? options.lifetime ?? 300,
      {
        update: () => actions.updateRegistration(),
        ...(provisioning.byBootstrap && { bootstrap: () => actions.askForAccount() }),
      },
      link.capabilitiesOf ? 'T' : 'U',
    );
    this.all = [
      this.server,
      this.makeDevice(),
      new ConnectivityObject(link.id),
      firmware,
      software.management,
      software.components,
      this.makeContainers(),
      ...(parts ? [parts.object] : []),
    ];
  }

  /** Packages are taken block by block; undefined for every other request, which is put together first. */
  receiveBlock(block: IncomingBlock): BlockReply | undefined {
    const taker = block.method === 'PUT' ? this.takers.get(block.path) : undefined;
    // A board that lost power answers nobody: its endpoint is gone before this reply could leave.
    return taker && (taker.receiveBlock(block) ?? { code: '5.03' });
  }

  /** Power is lost: downloads and updates end. */
  dispose(): void {
    this.owned.dispose();
  }

  private makeDevice(): DeviceObject {
    const { options, slots } = this.hardware;
    const device = new DeviceObject(options.clock, options.identity ?? defaultIdentity, {
      memoryFreeKb: () => Math.floor(slots.capacity / 1024),
      reboot: () => this.actions.reboot(false),
    });
    device.setFirmwareVersion(this.booted.image.version);
    return device;
  }

  /** Objects 5 and, where the board has parts, 33629. */
  private makeFirmware(): { firmware: FirmwareObject; parts: BootedParts | undefined } {
    const { options, slots, parts, provisioning } = this.hardware;
    const { image, updated, faults } = this.booted;
    const { clock } = options;
    const { capacity } = slots;
    const { protocols } = this.fetcher;
    const actions = this.firmwareActions();
    const firmware = new FirmwareObject(capacity, clock, actions, faults, protocols);
    const ofParts = parts?.updating ?? false;
    const bootedParts = parts?.boot({
      ...{ image, updated, capacity, clock, actions, faults, protocols },
      examine: (content, minimumSequence) =>
        examine(content, provisioning.policy, { minimumSequence, slot: 'A', capacity }),
    });
    for (const object of [firmware, ...(bootedParts?.members ?? [])]) this.owned.add(object);
    if (updated !== undefined && !ofParts) firmware.booted(updated);
    return { firmware, parts: bootedParts };
  }

  private firmwareActions(): FirmwareActions {
    const { slots, provisioning } = this.hardware;
    const { image, faults } = this.booted;
    return {
      ...this.line(),
      examine: (content) =>
        examine(content, provisioning.policy, {
          minimumSequence: image.sequence,
          slot: slots.inactive,
          capacity: slots.capacity,
          ...(this.takesPatches && { running: faults.refusesPatches ? new Uint8Array() : image.payload }),
        }),
      install: async (content, { patched, payload }) => {
        await slots.writeInactive({ bytes: content, ...(patched && { image: payload }) });
        await slots.markPending();
      },
      reboot: () => this.actions.reboot(true),
    };
  }

  /** What firmware and software have in common. */
  private line(): Pick<FirmwareActions, 'fetches' | 'powerLost' | 'print'> & {
    fetch: PackageFetcher['fetch'];
  } {
    return {
      fetch: (uri, signal, credentials) => this.fetcher.fetch(uri, signal, credentials),
      fetches: (uri) => this.fetcher.supports(uri),
      powerLost: (forGood) => this.actions.losePower(forGood),
      print: (text) => this.hardware.console.print(text),
    };
  }

  /** Object 19, with what the board tells of itself. */
  private makeContainers(): ContainerObject {
    const { options, provisioning } = this.hardware;
    const { sequence, payload } = this.booted.image;
    const sha256 = createHash('sha256').update(payload).digest();
    return new ContainerObject({
      instancesChanged: () => this.actions.updateRegistration(),
      // Each time anew: keys, vendor and class that are trusted change with the settings.
      ownInstances: (): readonly InstanceValues[] => [
        ...(options.tellsPolicy ? policyInstances(provisioning.toldPolicy(sequence)) : []),
        ...(this.takesPatches ? [deltaBaseValues(sha256)] : []),
      ],
    });
  }

  private get takesPatches(): boolean {
    return this.hardware.options.takesPatches ?? true;
  }
}
