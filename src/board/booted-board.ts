import { type Disposable, DisposableStore } from '../base/disposable';
import type { CoapEndpoint } from '../coap/endpoint';
import type { Peer } from '../link/link';
import type { BoardHardware } from './board-hardware';
import { BootstrapClient } from './bootstrap-client';
import { ObjectTree } from './object-tree';
import { type BoardActions, type BootedImage, OfferedObjects } from './offered-objects';
import { PackageFetcher } from './package-fetcher';
import { RegistrationClient } from './registration-client';

/** What a board that runs has done to its power, and tells. */
export interface PowerActions extends Pick<BoardActions, 'reboot' | 'losePower'> {
  registered(): void;
}

/**
 * What lives from one boot to the next: the endpoint, the objects behind it, the shell, and the client that registers
 * the board, or asks for a bootstrap first. To dispose of it is to cut its power.
 */
export class BootedBoard implements Disposable {
  private readonly owned = new DisposableStore();
  private readonly coap: CoapEndpoint;
  private readonly objects: OfferedObjects;
  private readonly tree: ObjectTree;
  private registration: RegistrationClient | undefined;

  constructor(
    private readonly hardware: BoardHardware,
    private readonly booted: BootedImage,
    private readonly power: PowerActions,
  ) {
    const { options, link, console, slots, provisioning } = hardware;
    const { image, faults } = booted;
    const server = options.server ?? link.peer;
    this.coap = this.owned.add(options.createEndpoint(link));
    this.objects = this.owned.add(
      new OfferedObjects(hardware, booted, new PackageFetcher(this.coap, server), {
        reboot: (forUpdate) => power.reboot(forUpdate),
        losePower: (forGood) => power.losePower(forGood),
        updateRegistration: () => this.updateRegistration(),
        askForAccount: () => this.askForAccount(),
      }),
    );
    this.tree = this.owned.add(
      new ObjectTree(this.objects.all, faults.loseNotifications ?? false, options.clock),
    );
    this.owned.add(
      console.serve({
        version: () => image.version,
        slots: () => slots.describe(),
        reboot: () => power.reboot(false),
      }),
    );
    if (provisioning.isDue) {
      if (server) this.bootstrap(server);
      return;
    }
    this.owned.add(
      this.coap.serve({
        handle: (request) => this.tree.handle(request),
        handleBlock: (block) => this.objects.receiveBlock(block),
      }),
    );
    if (server) this.register(server);
  }

  /** Updates the registration now, or tries to register now. */
  updateRegistration(): void {
    this.registration?.updateNow();
  }

  /** Sends the values at and below those paths (Send, LwM2M Core §6.4.6). Rejects where it is refused. */
  async send(paths: readonly string[]): Promise<void> {
    await this.registration?.send(this.tree.content(paths));
  }

  /** Tells the server that the board goes, as far as it still answers. */
  async deregister(): Promise<void> {
    await this.registration?.deregister();
  }

  dispose(): void {
    this.owned.dispose();
  }

  private register(server: Peer): void {
    const { options, radio } = this.hardware;
    const { clock, log, endpoint } = options;
    const registration = this.owned.add(
      new RegistrationClient({
        coap: this.coap,
        server,
        clock,
        log,
        endpoint,
        lifetime: () => this.objects.server.lifetime,
        links: () => this.tree.links(),
        queueMode: radio !== undefined,
        onDidRegister: () => this.power.registered(),
      }),
    );
    this.registration = registration;
    // Whoever plugs the cable in may be another server than before: it is told at once who is here.
    this.whenLinkOpens(() => registration.updateNow());
    void registration.run();
  }

  /** Asks for a bootstrap until the board has an account, and starts anew with that. */
  private bootstrap(server: Peer): void {
    const { options, console, provisioning } = this.hardware;
    const { clock, log, endpoint } = options;
    const { refusesObjects } = this.booted.faults;
    const client = this.owned.add(
      new BootstrapClient({
        coap: this.coap,
        server,
        clock,
        log,
        endpoint,
        ...(refusesObjects && { refuses: refusesObjects }),
        onDidFinish: (account) => {
          provisioning.take(account);
          console.print('bootstrap: account taken');
          this.power.reboot(false);
        },
      }),
    );
    this.owned.add(this.coap.serve({ handle: (request) => client.handle(request) }));
    this.whenLinkOpens(() => client.askNow());
    void client.run();
  }

  /** Bootstrap-Request Trigger (1/0/9). */
  private askForAccount(): void {
    const { console, provisioning } = this.hardware;
    provisioning.askAnew();
    console.print('bootstrap: asked to ask for an account');
    this.power.reboot(false);
  }

  private whenLinkOpens(act: () => void): void {
    this.owned.add(
      this.hardware.link.onDidChangeState((state) => {
        if (state === 'open') act();
      }),
    );
  }
}
