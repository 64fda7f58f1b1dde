import type { Uri } from 'vscode';
import type { Clock } from '../base/clock';
import type { Disposable } from '../base/disposable';
import { PagePanel } from './page-panel';
import {
  type FromPanel,
  type PanelAction,
  type PanelState,
  type ToPanel,
  parseFromPanel,
} from './panel-protocol';

/** Changes within this time go to the page together, ms: more than ten pictures a second are seen by nobody. */
const batchMs = 100;

export interface UpdatePanelHost {
  readonly extensionUri: Uri;
  readonly clock: Clock;
  state(): PanelState;
  act(action: PanelAction, board: string): void;
  exportHistory(): void;
  cancelAll(): void;
}

/** The panel of update state, progress and history: a page that shows what `state` says, and nothing of its own. */
export class UpdatePanel implements Disposable {
  private readonly panel: PagePanel<FromPanel, ToPanel>;
  private pending: Disposable | undefined;

  constructor(private readonly host: UpdatePanelHost) {
    this.panel = new PagePanel<FromPanel, ToPanel>({
      extensionUri: host.extensionUri,
      viewType: 'slipway.updatePanel',
      name: 'panel',
      title: 'Firmware Update',
      parse: parseFromPanel,
      receive: (request) => this.receive(request),
      onGone: () => this.forget(),
    });
  }

  /** Shows it, or brings it to the front. */
  show(): void {
    this.panel.show();
  }

  /** Sends the page what holds now, together with whatever else changes at the moment. */
  refresh(): void {
    if (!this.panel.isReady) return;
    this.pending ??= this.host.clock.schedule(batchMs, () => {
      this.pending = undefined;
      this.send();
    });
  }

  dispose(): void {
    this.panel.dispose();
  }

  private receive(request: FromPanel): void {
    if (request.type === 'ready') this.send();
    else if (request.type === 'export') this.host.exportHistory();
    else if (request.type === 'cancelAll') this.host.cancelAll();
    else this.host.act(request.action, request.board);
  }

  private send(): void {
    this.panel.post({ type: 'state', state: this.host.state() });
  }

  private forget(): void {
    this.pending?.dispose();
    this.pending = undefined;
  }
}
