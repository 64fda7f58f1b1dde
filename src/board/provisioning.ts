import { createPublicKey } from 'node:crypto';
import type { PackagePolicy } from '../lwm2m/package-policy';
import type { BoardAccount } from './bootstrap-client';
import type { BoardPolicy } from './bootloader';

/** What a board was given to know its server and its packages by: at the factory, or by its bootstrap. */
export class Provisioning {
  private account: BoardAccount | undefined;
  /** It has an account, and was told to ask for another. */
  private asksAnew = false;

  constructor(
    private readonly factory: BoardPolicy,
    /** It comes without a server account and without trust anchors, and asks for both (Core §6.1). */
    readonly byBootstrap: boolean,
  ) {}

  /** Whether the board asks for an account before it registers. */
  get isDue(): boolean {
    return this.byBootstrap && (!this.account || this.asksAnew);
  }

  /** Registration lifetime of its account, seconds. */
  get lifetime(): number | undefined {
    return this.account?.lifetime;
  }

  /** By what it judges packages. */
  get policy(): BoardPolicy {
    if (!this.byBootstrap) return this.factory;
    const { vendorId, classId } = this.factory;
    return { vendorId, classId, trustAnchors: this.account?.trustAnchors ?? [] };
  }

  /** As much of that as it tells; `sequence` is that of the package it runs. */
  toldPolicy(sequence: number): PackagePolicy {
    const { vendorId, classId, trustAnchors } = this.policy;
    const spki = trustAnchors.map(({ publicKeyPem }) =>
      createPublicKey(publicKeyPem).export({ type: 'spki', format: 'der' }),
    );
    return { vendorId, classId, sequence, trustAnchors: spki };
  }

  /** The bootstrap is done. */
  take(account: BoardAccount): void {
    this.account = account;
    this.asksAnew = false;
  }

  /** The board is to ask again; what it has counts until it is given another account. */
  askAnew(): void {
    this.asksAnew = true;
  }
}
