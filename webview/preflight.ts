import type { PanelCheck } from '../src/ui/panel-protocol';
import { html, setText } from './dom';
import { toneSigns } from './news';
import { checksText, words } from './words';

export interface PreflightView {
  readonly element: HTMLElement;
  update(checks: readonly PanelCheck[] | undefined): void;
}

/**
 * What was found of package and board before the push: every check, passed or not. Folded while there is nothing to do
 * about any: the push itself comes below.
 */
export function preflightView(): PreflightView {
  const list = html('ul', { class: 'checks', 'aria-labelledby': 'preflight-title' });
  const count = html('span', { class: 'quiet' });
  const fold = html(
    'details',
    {},
    html('summary', {}, html('h2', { id: 'preflight-title' }, words.preflight), ' ', count),
    list,
  );
  const element = html('section', { class: 'preflight' }, fold);
  let shown = '';
  return {
    element,
    update: (checks) => {
      element.hidden = checks === undefined;
      // A list that is put together anew is read out anew.
      const wanted = JSON.stringify(checks);
      if (wanted === shown) return;
      shown = wanted;
      fold.open = checks?.some(({ tone }) => tone === 'bad' || tone === 'warning') ?? false;
      setText(count, checksText(checks ?? []));
      list.replaceChildren(...(checks ?? []).map(checkElement));
    },
  };
}

function checkElement({ title, tone, verdict, explanation, remedy, rule }: PanelCheck): HTMLElement {
  const sign = tone === 'neutral' ? '?' : toneSigns[tone];
  return html(
    'li',
    { 'data-tone': tone, title: rule },
    html('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    html(
      'div',
      {},
      html(
        'p',
        {},
        html('span', { class: 'check-title' }, title),
        html('span', { class: 'for-screen-readers' }, `, ${verdict}: `),
        html('span', { class: 'quiet' }, ` ${explanation}`),
      ),
      ...(remedy === undefined ? [] : [html('p', { class: 'quiet' }, remedy)]),
    ),
  );
}
