import type { Verdict } from '../../src/image/inspection';
import type { InspectorCheck, InspectorContent } from '../../src/ui/inspector-protocol';
import { html, setAttributes, setText } from '../dom';
import { toneSigns } from '../news';
import { words } from './words';

export interface ChecksView {
  readonly element: HTMLElement;
  update(content: InspectorContent): void;
}

/** What a verdict looks like: its sign, and its colour as that of news. */
const looks: Readonly<Record<Verdict, readonly [sign: string, tone: string]>> = {
  holds: [toneSigns.good, 'good'],
  broken: [toneSigns.bad, 'bad'],
  'not-checked': ['?', 'warning'],
};

/** What a board makes of the file, and every rule with its verdict. */
export function checksView(): ChecksView {
  const sign = html('span', { class: 'sign', 'aria-hidden': 'true' });
  const text = html('p');
  const outcome = html('div', { class: 'news outcome-line', role: 'status' }, sign, text);
  const list = html('ul', { class: 'checks', 'aria-labelledby': 'checks-title' });
  // What scrolls must be reachable by keyboard.
  const scroller = html(
    'div',
    { class: 'checks-scroller', tabindex: 0, role: 'region', 'aria-labelledby': 'checks-title' },
    list,
  );
  return {
    element: html('section', {}, html('h2', { id: 'checks-title' }, words.checks), outcome, scroller),
    update: ({ outcome: { tone, text: said }, checks }) => {
      setAttributes(outcome, { 'data-tone': tone });
      setText(sign, toneSigns[tone]);
      setText(text, said);
      list.replaceChildren(...checks.map(checkElement));
    },
  };
}

function checkElement({ rule, verdict, verdictText, reason, remedy }: InspectorCheck): HTMLElement {
  const [sign, tone] = looks[verdict];
  return html(
    'li',
    { 'data-tone': tone },
    html('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    html(
      'div',
      {},
      html(
        'p',
        {},
        rule,
        ' ',
        html('span', { class: verdict === 'holds' ? 'for-screen-readers' : 'verdict' }, verdictText),
      ),
      ...[reason, remedy]
        .filter((text) => text !== undefined)
        .map((text) => html('p', { class: 'quiet' }, text)),
    ),
  );
}
