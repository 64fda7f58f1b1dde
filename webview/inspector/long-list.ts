import { html } from '../dom';
import { contentHeight, type ListWindow, type LongList, scrollTopFor, windowAt } from './window-geometry';

export interface LongListView {
  readonly element: HTMLElement;
  /** Rows that fit. */
  readonly page: number;
  /** Draws again, with that many rows. */
  update(count: number): void;
  reveal(row: number): void;
}

/**
 * Scrolls through rows of one height and has only those in view in the document, so that a long list costs no more than
 * a short one. `draw` makes the rows of a window.
 */
export function longList(
  element: HTMLElement,
  draw: (window: ListWindow) => readonly HTMLElement[],
): LongListView {
  const sample = html('div', { class: 'row sample', 'aria-hidden': 'true' }, '0');
  const rows = html('div', { class: 'rows', role: 'presentation' });
  const content = html('div', { class: 'long', role: 'presentation' }, rows);
  element.append(sample, content);
  let count = 0;
  let pending = false;

  const list = (): LongList => ({
    count,
    rowHeight: sample.getBoundingClientRect().height,
    viewHeight: element.clientHeight,
  });
  const redraw = (): void => {
    pending = false;
    const now = list();
    content.style.height = `${contentHeight(now)}px`;
    const window = windowAt(now, element.scrollTop);
    rows.style.transform = `translateY(${window.top}px)`;
    rows.replaceChildren(...draw(window));
  };
  const redrawSoon = (): void => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(redraw);
  };
  element.addEventListener('scroll', redrawSoon, { passive: true });
  const observer = new ResizeObserver(redrawSoon);
  observer.observe(element);
  // Its height follows the user's fonts.
  observer.observe(sample);
  return {
    element,
    get page() {
      const { rowHeight, viewHeight } = list();
      return rowHeight > 0 ? Math.floor(viewHeight / rowHeight) : 1;
    },
    update: (newCount) => {
      count = newCount;
      redraw();
    },
    reveal: (row) => {
      const now = list();
      content.style.height = `${contentHeight(now)}px`;
      element.scrollTop = scrollTopFor(now, row, element.scrollTop);
      redraw();
    },
  };
}
