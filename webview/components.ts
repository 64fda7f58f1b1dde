import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit';
import { html } from './dom';

/*
 * The only file that knows which component library draws buttons and choosers. Everything else uses the
 * functions below, so that a successor of the toolkit is put in here and nowhere else.
 */

/** Makes the library's elements known to the document; to be called once, before anything is drawn. */
export function registerComponents(): void {
  provideVSCodeDesignSystem().register(
    vsCodeBadge(),
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
  );
}

export interface Button {
  readonly element: HTMLElement;
  setVisible(visible: boolean): void;
  setPrimary(primary: boolean): void;
}

/** A push button. `title` says more than its label does. */
export function button(label: string, title: string, onPress: () => void): Button {
  const element = html('vscode-button', { title, appearance: 'secondary' }, label);
  element.addEventListener('click', onPress);
  return {
    element,
    setVisible: (visible) => {
      element.hidden = !visible;
    },
    setPrimary: (primary) => {
      const appearance = primary ? 'primary' : 'secondary';
      if (element.getAttribute('appearance') !== appearance) element.setAttribute('appearance', appearance);
    },
  };
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

export interface Chooser {
  readonly element: HTMLElement;
  update(choices: readonly Choice[], chosen: string): void;
}

/** A drop-down list of which one is chosen. */
export function chooser(label: string, onChoose: (value: string) => void): Chooser {
  const element = html('vscode-dropdown', { 'aria-label': label });
  element.addEventListener('change', () => onChoose((element as HTMLElement & { value: string }).value));
  let shown = '';
  return {
    element,
    update: (choices, chosen) => {
      // An open list that is put together anew would close under the user's hand.
      const wanted = JSON.stringify([choices, chosen]);
      if (wanted === shown) return;
      shown = wanted;
      element.replaceChildren(
        ...choices.map(({ value, text }) =>
          html('vscode-option', { value, selected: value === chosen ? '' : undefined }, text),
        ),
      );
      // The list learns of its options in its next turn, and takes no value before that.
      requestAnimationFrame(() => {
        (element as HTMLElement & { value: string }).value = chosen;
      });
    },
  };
}

/** A ring that turns while something is under way, for the eye alone. */
export function busyRing(): HTMLElement {
  return html('vscode-progress-ring', { 'aria-hidden': 'true' });
}

/** A small count beside a heading. */
export function badge(): HTMLElement {
  return html('vscode-badge');
}
