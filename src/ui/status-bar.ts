import { StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import type { Disposable } from '../base/disposable';
import type { StatusText } from './status-text';

/** The one status bar item. Pressed, it shows the update panel. */
export class StatusBar implements Disposable {
  private readonly item: StatusBarItem;
  private current: StatusText = { text: '', tooltip: '', kind: 'normal' };

  constructor() {
    this.item = window.createStatusBarItem('slipway.status', StatusBarAlignment.Left, 10);
    this.item.name = 'Slipway';
    this.item.command = 'slipway.update.showPanel';
    this.item.show();
  }

  /** What it shows now. */
  get shown(): StatusText {
    return this.current;
  }

  show(next: StatusText): void {
    this.current = next;
    const { text, tooltip, kind } = next;
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label: `Slipway: ${tooltip}`, role: 'button' };
    this.item.backgroundColor =
      kind === 'error' ? new ThemeColor('statusBarItem.errorBackground') : undefined;
  }

  dispose(): void {
    this.item.dispose();
  }
}
