import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { systemClock } from '../../../src/base/clock';
import { DisposableStore } from '../../../src/base/disposable';
import { nullLog } from '../../../src/base/log';
import type { Faults } from '../../../src/board/faults';
import type { VirtualBoardOptions } from '../../../src/board/board-options';
import { VirtualBoard } from '../../../src/board/virtual-board';
import type { CoapEndpoint } from '../../../src/coap/endpoint';
import { createCoapEndpoint } from '../../../src/coap/node-coap-endpoint';
import { TraceRecorder } from '../../../src/coap/trace-recorder';
import { freePort } from '../../../src/emulator/qemu';
import { PackageHost } from '../../../src/coap/package-host';
import { encodeAppInfo } from '../../../src/image/app-info';
import { CoapTcpLink } from '../../../src/link/coap-tcp/coap-tcp-link';
import type { Link, Peer } from '../../../src/link/link';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { createTcpLink, createTcpListenLink } from '../../../src/link/tcp-link';
import { UdpLink } from '../../../src/link/udp-link';
import { whenOpen } from '../../../src/link/when-open';
import type { Board } from '../../../src/lwm2m/board';
import { bootstrapValues } from '../../../src/lwm2m/bootstrap-account';
import { BootstrapServer } from '../../../src/lwm2m/bootstrap-server';
import { Lwm2mServer } from '../../../src/lwm2m/server';
import { createSigner } from '../../../src/manifest/signer';
import type { StoredSigner } from '../../../src/manifest/stored-key';
import { createEnvelope } from '../../../src/manifest/suit-encode';
import type { Signer } from '../../../src/manifest/types';
import { classIdOf, vendorIdOf } from '../../../src/manifest/uuid';
import type { DeliveryPreference } from '../../../src/update/delivery';
import { UpdateHistory } from '../../../src/update/history';
import { HttpHost } from '../../../src/update/http-host';
import { toUpdatePackage } from '../../../src/update/package-file';
import { PackageSource } from '../../../src/update/package-source';
import type { PreflightCheck } from '../../../src/update/preflight-checks';
import { SoftwareService } from '../../../src/update/software-service';
import type { UpdatePackage, UpdateRecord, UpdateTimeouts } from '../../../src/update/types';
import { UpdateService, defaultTimeouts } from '../../../src/update/update-service';
import { until } from '../support/until';

const deps = { clock: systemClock, log: nullLog };

export const vendorId = vendorIdOf('example.com');
export const classId = classIdOf(vendorId, 'greenhouse-sensor');

export function newKey(): Signer {
  return createSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'test');
}

/** A key as the folder of keys gives it. */
export function storedSigner(signer: Signer): StoredSigner {
  return { ...signer, name: 'desk', keyType: 'P-256', sign: (bytes) => signer.sign(bytes) };
}

/** The public half of a key, as SPKI DER. */
export function spkiOf({ publicKeyPem }: Signer): Uint8Array {
  return createPublicKey(publicKeyPem).export({ format: 'der', type: 'spki' });
}

export interface PackageWish {
  readonly version?: string;
  readonly signer?: Signer;
  readonly sequence?: number;
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  readonly bytes?: number;
  /** The image itself; by default one that says its version and has that many bytes. */
  readonly image?: Uint8Array;
}

/** Settings of the update service, and whether packages are offered by HTTP too. */
export interface DeskWishes {
  readonly delivery?: DeliveryPreference;
  readonly severity?: number;
  readonly http?: boolean;
  readonly timeouts?: Partial<UpdateTimeouts>;
  /** Restarts after interruptions; 3 by default. */
  readonly retries?: number;
  /** The user's answer to a warning; by default they let nothing pass. */
  readonly confirm?: (warning: PreflightCheck) => Promise<boolean>;
}

/** A signed package whose image says its version. */
export async function signPackage(wish: PackageWish & { readonly signer: Signer }): Promise<UpdatePackage> {
  const version = wish.version ?? '1.0.1';
  const image =
    wish.image ??
    Buffer.concat([
      encodeAppInfo({ version, banner: `hello from ${version}` }),
      Buffer.alloc(wish.bytes ?? 5000, 0x5a),
    ]);
  const bytes = await createEnvelope(
    {
      payload: image,
      sequence: wish.sequence ?? 1,
      vendorId: wish.vendorId ?? vendorId,
      classId: wish.classId ?? classId,
      componentId: ['app'],
      version,
    },
    wish.signer,
  );
  return toUpdatePackage('firmware.suit', bytes);
}

/** A server with its update service, and virtual boards that trust one key. */
export class Desk {
  readonly signer = newKey();
  readonly server: Lwm2mServer;
  readonly history: UpdateHistory;
  readonly updates: UpdateService;
  readonly software: SoftwareService;
  /** What its side of every link saw. */
  readonly trace = new TraceRecorder(systemClock);
  /** Gives boards the desk's account, with the key of `signer`. */
  readonly bootstrap: BootstrapServer;
  /** How long boards in queue mode are taken to listen, ms. */
  awakeMs = 93_000;
  /** The far ends of `board` and `boardOverUdp`, by name. */
  readonly virtual = new Map<string, VirtualBoard>();
  readonly packages = new PackageHost();
  private readonly owned = new DisposableStore();

  private constructor(history: UpdateHistory, wishes: DeskWishes) {
    this.history = history;
    this.bootstrap = this.owned.add(
      new BootstrapServer({
        log: nullLog,
        configure: () =>
          Promise.resolve(
            bootstrapValues({
              ...{ uri: 'coap://desk', binding: 'U', lifetime: 600 },
              trustAnchors: [spkiOf(this.signer)],
            }),
          ),
      }),
    );
    this.server = this.owned.add(
      new Lwm2mServer({
        awakeMs: () => this.awakeMs,
        bootstrap: this.bootstrap,
        ...deps,
        createEndpoint: (link) => createCoapEndpoint(link, { ...deps, trace: this.trace }),
        resources: (request) => this.packages.handle(request),
      }),
    );
    const options = {
      ...{ clock: systemClock, log: nullLog, history },
      timeouts: () => ({ ...defaultTimeouts, downloaded: 20_000, reboot: 20_000, ...wishes.timeouts }),
      delivery: () => wishes.delivery ?? ('auto' as const),
      packages: new PackageSource(
        this.packages,
        this.owned.add(
          new HttpHost(
            this.packages,
            () => ({ enabled: wishes.http ?? false, host: '127.0.0.1', port: 0 }),
            nullLog,
          ),
        ),
      ),
    };
    this.updates = this.owned.add(
      new UpdateService({
        ...options,
        retries: () => wishes.retries ?? 3,
        severity: () => wishes.severity,
        ...(wishes.confirm && { confirm: (_board, warning) => wishes.confirm!(warning) }),
        isBusy: (board) => this.software.isBusy(board),
      }),
    );
    this.software = this.owned.add(
      new SoftwareService({ ...options, isBusy: (board) => this.updates.jobOf(board) !== undefined }),
    );
  }

  static async open(wishes: DeskWishes = {}): Promise<Desk> {
    const records: UpdateRecord[] = [];
    const store = {
      load: () => Promise.resolve(records),
      save: (saved: readonly UpdateRecord[]) => {
        records.splice(0, records.length, ...saved);
        return Promise.resolve();
      },
    };
    return new Desk(await UpdateHistory.open(store, nullLog), wishes);
  }

  /** Powers a board on, on a wire of its own, and waits for its registration. */
  async board(
    faults: Faults = {},
    name = 'board',
    more: Pick<
      VirtualBoardOptions,
      | 'deregistersOnReboot'
      | 'awakeMs'
      | 'lifetime'
      | 'bootstrap'
      | 'softwareInstances'
      | 'components'
      | 'tellsPolicy'
      | 'takesPatches'
    > = {},
  ): Promise<Board> {
    const [host, far] = createMemoryLinkPair(name, { clock: systemClock });
    this.owned.add(host);
    this.server.attach(host);
    return await this.powerOn(far, name, undefined, { faults, ...more });
  }

  /** Serves a link whose board has a life of its own; both end with the desk. */
  serve(link: Link): void {
    this.owned.add(link);
    this.server.attach(link);
  }

  /** As `board`, over UDP of the loopback address `host`. */
  async boardOverUdp(host = '127.0.0.1', faults: Faults = {}): Promise<Board> {
    const [near, far] = [0, 0].map((port) => this.owned.add(new UdpLink({ host, port }, deps)));
    await Promise.all([whenOpen(near!), whenOpen(far!)]);
    this.server.attach(near!);
    return await this.powerOn(far!, 'board', { address: host, port: near!.boundPort ?? 0 }, { faults });
  }

  /** As `board`, by CoAP over TCP. */
  async boardOverTcp(): Promise<Board> {
    const near = CoapTcpLink.listen({ host: '127.0.0.1', port: 0 }, deps);
    this.serve(near);
    await whenOpen(near);
    const far = CoapTcpLink.connect({ host: '127.0.0.1', port: near.boundPort ?? 0 }, deps);
    return await this.powerOn(far, 'board', undefined, {});
  }

  /** As `board`, at `address` of an IP line; `server` is how it knows the desk. */
  async boardOverIp(address: string, server: string): Promise<Board> {
    const port = await freePort();
    const ip = { own: { address, port: 49_152 }, server: { address: server, port: 5683 } };
    const far = createTcpListenLink({ host: '127.0.0.1', port }, { ...deps, ip });
    this.serve(createTcpLink({ host: '127.0.0.1', port }, deps));
    return await this.powerOn(far, 'board', undefined, {});
  }

  /** As `signPackage`, signed with the desk's key by default. */
  async package(wish: PackageWish = {}): Promise<UpdatePackage> {
    return await signPackage({ signer: this.signer, ...wish });
  }

  async push(board: Board, pkg: UpdatePackage): Promise<UpdateRecord> {
    return await this.updates.start(board, pkg).finished;
  }

  dispose(): void {
    this.owned.dispose();
  }

  private endpoint(link: Link): CoapEndpoint {
    return createCoapEndpoint(link, { clock: systemClock, log: nullLog });
  }

  private async powerOn(
    link: Link,
    endpoint: string,
    server: Peer | undefined,
    more: Pick<
      VirtualBoardOptions,
      | 'faults'
      | 'deregistersOnReboot'
      | 'awakeMs'
      | 'lifetime'
      | 'bootstrap'
      | 'softwareInstances'
      | 'tellsPolicy'
      | 'takesPatches'
      | 'components'
    >,
  ): Promise<Board> {
    const { keyId, algorithm, publicKeyPem } = this.signer;
    const board = this.owned.add(
      new VirtualBoard({
        link,
        createEndpoint: (boardLink) => this.endpoint(boardLink),
        clock: systemClock,
        log: nullLog,
        endpoint,
        policy: { trustAnchors: [{ keyId, algorithm, publicKeyPem }], vendorId, classId },
        rebootMs: 20,
        ...(server && { server }),
        ...more,
      }),
    );
    this.virtual.set(endpoint, board);
    await board.start();
    return await until(() => this.server.boards.get(endpoint), `the registration of ${endpoint}`);
  }
}
