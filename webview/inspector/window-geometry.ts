/** A long list of rows of one height, and the part of it that is in view; heights in CSS pixels. */
export interface LongList {
  readonly count: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
}

/** Browsers lay out nothing higher than some 16 to 33 million pixels; above this, scrolling is scaled. */
export const highestContent = 8_000_000;

/** The rows to draw, and where the first of them stands in the content. */
export interface ListWindow {
  readonly first: number;
  readonly count: number;
  readonly top: number;
}

/** Height of what is scrolled. */
export function contentHeight({ count, rowHeight }: LongList): number {
  return Math.min(count * rowHeight, highestContent);
}

/** Rows that are in view at `scrollTop`, those cut off included. */
export function windowAt(list: LongList, scrollTop: number): ListWindow {
  const { count, rowHeight, viewHeight } = list;
  if (count === 0 || rowHeight <= 0) return { first: 0, count: 0, top: 0 };
  const limit = Math.max(0, contentHeight(list) - viewHeight);
  const position = Math.min(Math.max(0, scrollTop), limit);
  const start = position * scale(list);
  const first = Math.min(count - 1, Math.floor(start / rowHeight));
  const end = Math.min(count, Math.ceil((start + viewHeight) / rowHeight) + 1);
  return { first, count: Math.max(1, end - first), top: position + first * rowHeight - start };
}

/** Where to scroll so that a row is in view: nowhere if it is already, else so that it stands in the middle. */
export function scrollTopFor(list: LongList, row: number, scrollTop: number): number {
  const { rowHeight, viewHeight } = list;
  const limit = Math.max(0, contentHeight(list) - viewHeight);
  const factor = scale(list);
  const start = Math.min(Math.max(0, scrollTop), limit) * factor;
  const top = row * rowHeight;
  if (top >= start && top + rowHeight <= start + viewHeight) return scrollTop;
  return Math.min(limit, Math.max(0, (top - (viewHeight - rowHeight) / 2) / factor));
}

/** Pixels of the list for one of the scroll bar. */
function scale(list: LongList): number {
  const { count, rowHeight, viewHeight } = list;
  const all = count * rowHeight - viewHeight;
  const scrolled = contentHeight(list) - viewHeight;
  return all > 0 && scrolled > 0 ? all / scrolled : 1;
}
