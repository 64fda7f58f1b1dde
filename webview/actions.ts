import type { PanelAction } from '../src/ui/panel-protocol';
import { button } from './components';
import { html } from './dom';
import { actionWords, words } from './words';

export interface Actions {
  readonly element: HTMLElement;
  update(available: readonly PanelAction[]): void;
}

const order: readonly PanelAction[] = ['ship', 'push', 'cancel', 'reset', 'console'];

/** Buttons for what can be asked for now. They stay the same elements, so that the focus stays where it was. */
export function actionButtons(onAction: (action: PanelAction) => void): Actions {
  const buttons = order.map((action) => ({
    action,
    button: button(...actionWords[action], () => onAction(action)),
  }));
  const element = html(
    'div',
    { class: 'actions', role: 'group', 'aria-label': words.actions },
    ...buttons.map(({ button: { element: each } }) => each),
  );
  return {
    element,
    update: (available) => {
      const primary = order.find((action) => available.includes(action) && action !== 'cancel');
      const focused = buttons.find(({ button: { element: each } }) => each === document.activeElement);
      for (const { action, button: each } of buttons) {
        each.setVisible(available.includes(action));
        each.setPrimary(action === primary && action !== 'console');
      }
      // A button that goes while it has the focus hands it on, else the keyboard would start from the top.
      if (focused && !available.includes(focused.action)) {
        buttons.find(({ action }) => available.includes(action))?.button.element.focus();
      }
      element.hidden = available.length === 0;
    },
  };
}
