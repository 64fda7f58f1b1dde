import type { PanelNews, PanelTone } from '../src/ui/panel-protocol';
import { html, setAttributes, setText } from './dom';
import { words } from './words';

/** A sign for each tone: colour alone does not tell everyone. */
export const toneSigns: Readonly<Record<PanelTone, string>> = {
  neutral: 'ℹ',
  busy: '…',
  good: '✓',
  bad: '✗',
  warning: '!',
};

export interface NewsView {
  readonly element: HTMLElement;
  update(news: PanelNews | undefined): void;
}

/** How the last update came out, in words, with what to do about it. */
export function newsView(): NewsView {
  const sign = html('span', { class: 'sign', 'aria-hidden': 'true' });
  const text = html('p', { class: 'news-text' });
  const remedy = html('p', { class: 'quiet' });
  const element = html(
    'section',
    { class: 'news', 'aria-label': words.result },
    sign,
    html('div', {}, text, remedy),
  );
  return {
    element,
    update: (news) => {
      element.hidden = news === undefined;
      if (!news) return;
      setAttributes(element, { 'data-tone': news.tone });
      setText(sign, toneSigns[news.tone]);
      setText(text, news.text);
      setText(remedy, news.remedy ?? '');
      remedy.hidden = news.remedy === undefined;
    },
  };
}
