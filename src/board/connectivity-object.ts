import { SingleInstance } from './board-object';

/** Object 4, Connectivity Monitoring (LwM2M Core, appendix E.5): a wired bearer of constant quality. */
export class ConnectivityObject extends SingleInstance {
  readonly id = 4;
  readonly version = '1.2';
  readonly resources = [0, 1, 2, 4];

  /** 41 is Ethernet, the nearest the registry has to a cable. */
  constructor(address: string) {
    super();
    this.set({ 0: 41, '1/0': 41, 2: 0, '4/0': address });
  }
}
