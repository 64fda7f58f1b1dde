import { type Disposable } from '../base/disposable';
import { SlipwayError } from '../base/errors';
import { Emitter } from '../base/event';
import type { Log } from '../base/log';
import type { Connections } from './connections';
import type { ProjectBoard } from './project-board';
import type { RememberedPorts } from './remembered-ports';
import type { VirtualBoards } from './virtual-boards';

export interface DeskSettings {
  udp(): { readonly enabled: boolean; readonly host: string; readonly port: number };
  connections(): readonly string[];
  startVirtualBoard(): boolean;
  startEmulatedBoard(): boolean;
}

/** Starts and stops the LwM2M server with everything it listens on: UDP, remembered ports, boards that are programs. */
export class DeskServer implements Disposable {
  private readonly changed = new Emitter<void>();
  readonly onDidChange = this.changed.event;
  private isRunning = false;
  private udpLink: string | undefined;
  /** Links of the setting's addresses. */
  private configured: readonly string[] = [];

  constructor(
    private readonly connections: Connections,
    private readonly virtualBoards: Pick<VirtualBoards, 'start' | 'stopAll'>,
    private readonly projectBoard: Pick<ProjectBoard, 'start' | 'stop'>,
    private readonly ports: RememberedPorts,
    private readonly settings: DeskSettings,
    private readonly log: Log,
  ) {}

  get running(): boolean {
    return this.isRunning;
  }

  /** Listens. An address in the settings that is none is logged and left out. Rejects as the boards' starts. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    this.changed.fire();
    this.listenOnUdp();
    this.connectConfigured();
    for (const { address, portKey } of this.ports.all) this.tryConnect(address, portKey);
    if (this.settings.startVirtualBoard()) await this.virtualBoards.start();
    if (this.settings.startEmulatedBoard()) await this.projectBoard.start();
  }

  /** Closes every link; virtual and emulated boards lose power. */
  stop(): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.virtualBoards.stopAll();
    void this.projectBoard.stop();
    this.connections.disconnectAll();
    this.udpLink = undefined;
    this.configured = [];
    this.changed.fire();
  }

  /** Listens on UDP as the settings say now. */
  listenOnUdp(): void {
    if (this.udpLink !== undefined) this.connections.disconnect(this.udpLink);
    this.udpLink = undefined;
    const { enabled, host, port } = this.settings.udp();
    if (!this.isRunning || !enabled) return;
    const address = `udp://${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.udpLink = this.tryConnect(address);
  }

  /** Connects the addresses that the settings list now, and lets go of those they listed before. */
  connectConfigured(): void {
    if (!this.isRunning) return;
    const before = this.configured;
    this.configured = this.settings.connections().flatMap((address) => this.tryConnect(address) ?? []);
    for (const link of before) if (!this.configured.includes(link)) this.connections.disconnect(link);
  }

  dispose(): void {
    this.stop();
    this.changed.dispose();
  }

  private tryConnect(address: string, portKey?: string): string | undefined {
    try {
      return this.connections.connect(address, portKey).id;
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      this.log.error(`not connected: ${error.message}`);
      return undefined;
    }
  }
}
