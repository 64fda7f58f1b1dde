import type { ByteRange } from '../../src/image/inspection';
import { html, watchWidth } from '../dom';
import type { ByteStore } from './byte-store';
import { asciiText, byteText, isWithin, offsetDigits, offsetText } from './hex-text';
import { longList } from './long-list';
import { words } from './words';

export interface HexView {
  readonly element: HTMLElement;
  /** Shows these bytes, those of `selection` highlighted. */
  update(store: ByteStore, selection: ByteRange | undefined): void;
  /** Draws again what is in view, after bytes have come. */
  redraw(): void;
  reveal(offset: number): void;
}

/** Characters that a row of 16 bytes takes; in a narrower view there are 8 of them. */
const wideRow = 65;

/** The bytes in rows, hexadecimal and as ASCII. `onPick` hears which byte was clicked on. */
export function hexView(onPick: (offset: number) => void): HexView {
  // What scrolls must be reachable by keyboard.
  const element = html('div', { class: 'hex', role: 'region', tabindex: 0, 'aria-label': words.bytes });
  let store: ByteStore | undefined;
  let selection: ByteRange | undefined;
  let perRow = 16;

  const view = longList(element, ({ first, count }) => {
    if (!store) return [];
    store.want({ offset: first * perRow, length: count * perRow });
    const shown = store;
    return Array.from({ length: count }, (_, index) =>
      hexRow(shown, selection, (first + index) * perRow, perRow),
    );
  });
  const redraw = (): void => view.update(Math.ceil((store?.size ?? 0) / perRow));
  const ruler = html('span', { class: 'ruler', 'aria-hidden': 'true' }, '0'.repeat(wideRow));
  element.prepend(ruler);
  watchWidth(element, (width) => {
    perRow = width >= ruler.getBoundingClientRect().width ? 16 : 8;
    redraw();
    if (selection) view.reveal(Math.floor(selection.offset / perRow));
  });
  element.addEventListener('click', (event) => {
    const { at } = (event.target as HTMLElement).dataset;
    if (at !== undefined) onPick(Number(at));
  });
  return {
    element,
    update: (newStore, newSelection) => {
      store = newStore;
      selection = newSelection;
      redraw();
    },
    redraw,
    reveal: (offset) => view.reveal(Math.floor(offset / perRow)),
  };
}

function hexRow(
  store: ByteStore,
  selection: ByteRange | undefined,
  start: number,
  perRow: number,
): HTMLElement {
  const hex = html('span', { class: 'bytes' });
  const ascii = html('span', { class: 'ascii', 'aria-hidden': 'true' });
  const end = Math.min(store.size, start + perRow);
  for (let offset = start; offset < end; offset++) {
    const byte = store.at(offset);
    const selected = isWithin(selection, offset) ? ' selected' : '';
    const middle = offset - start === perRow / 2 ? ' middle' : '';
    hex.append(html('span', { class: `byte${selected}${middle}`, 'data-at': offset }, byteText(byte)));
    ascii.append(html('span', { class: `char${selected}`, 'data-at': offset }, asciiText(byte)));
  }
  const place = html('span', { class: 'place' }, offsetText(start, offsetDigits(store.size)));
  return html('div', { class: perRow === 16 ? 'row' : 'row narrow' }, place, hex, ascii);
}
