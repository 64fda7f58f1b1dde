import type { InspectionField } from '../../src/image/inspection';
import { html, setAttributes } from '../dom';
import { offsetDigits, offsetText, rangeText } from './hex-text';
import { longList } from './long-list';
import { ancestors, type FieldRow, moveBy, visibleRows } from './tree-model';
import { words } from './words';

/** What of the tree the user chose. */
export interface TreeChoice {
  readonly selected: string | undefined;
  readonly expanded: ReadonlySet<string>;
}

export interface FieldTree {
  readonly element: HTMLElement;
  update(fields: readonly InspectionField[], size: number, choice: TreeChoice): void;
  /** Selects a field, opens what it is in, and scrolls to it. */
  reveal(path: string): void;
}

/**
 * The fields with their places, as a tree that the keyboard walks through. `onChoice` hears what the user selects and
 * opens. One element has the focus and names the active row, since rows out of view are not in the document.
 */
export function fieldTree(onChoice: (choice: TreeChoice) => void): FieldTree {
  const element = html('div', { class: 'tree', role: 'tree', tabindex: 0, 'aria-label': words.fields });
  let fields: readonly InspectionField[] = [];
  let size = 0;
  let selected: string | undefined;
  let expanded: ReadonlySet<string> = new Set();
  let rows: readonly FieldRow[] = [];

  const view = longList(element, ({ first, count }) =>
    rows.slice(first, first + count).map((row) => rowElement(row, row.path === selected, size)),
  );
  const redraw = (): void => {
    rows = visibleRows(fields, expanded);
    view.update(rows.length);
    const isVisible = rows.some(({ path }) => path === selected);
    setAttributes(element, { 'aria-activedescendant': isVisible ? rowId(selected!) : undefined });
  };
  const revealSelected = (): void => {
    const index = rows.findIndex(({ path }) => path === selected);
    if (index >= 0) view.reveal(index);
  };
  const change = (choice: TreeChoice): void => {
    ({ selected, expanded } = choice);
    redraw();
    onChoice(choice);
  };
  const setExpanded = (paths: readonly string[], isOpen: boolean): void => {
    const next = new Set(expanded);
    for (const path of paths) {
      if (isOpen) next.add(path);
      else next.delete(path);
    }
    change({ selected, expanded: next });
  };

  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveBy(event.key, rows, selected, view.page);
    if (!move) return;
    event.preventDefault();
    if (move.type === 'select') change({ selected: move.path, expanded });
    else setExpanded(move.paths, move.type === 'expand');
    revealSelected();
  });
  element.addEventListener('click', (event) => {
    const target = event.target as Element;
    const path = target.closest<HTMLElement>('.row')?.dataset.path;
    const row = rows.find((candidate) => candidate.path === path);
    if (!row) return;
    if (target.closest('.twistie') && row.isExpandable) setExpanded([row.path], !row.isExpanded);
    else change({ selected: row.path, expanded });
  });
  element.addEventListener('dblclick', (event) => {
    const path = (event.target as Element).closest<HTMLElement>('.row')?.dataset.path;
    const row = rows.find((candidate) => candidate.path === path);
    if (row?.isExpandable) setExpanded([row.path], !row.isExpanded);
  });

  return {
    element,
    update: (newFields, newSize, choice) => {
      fields = newFields;
      size = newSize;
      ({ selected, expanded } = choice);
      redraw();
    },
    reveal: (path) => {
      change({ selected: path, expanded: new Set([...expanded, ...ancestors(path)]) });
      revealSelected();
    },
  };
}

function rowElement(row: FieldRow, isSelected: boolean, size: number): HTMLElement {
  const { path, field, level, position, siblings, isExpandable, isExpanded } = row;
  const { name, value, at } = field;
  const twistie = html('span', { class: isExpandable ? 'twistie' : 'twistie none', 'aria-hidden': 'true' });
  twistie.textContent = isExpandable ? (isExpanded ? '▾' : '▸') : '';
  const text = html('span', { class: 'field' }, html('span', { class: 'name' }, name));
  if (value !== '') text.append(' ', html('span', { class: 'value' }, value));
  const element = html(
    'div',
    {
      id: rowId(path),
      class: 'row',
      role: 'treeitem',
      'data-path': path,
      'aria-level': level,
      'aria-posinset': position,
      'aria-setsize': siblings,
      'aria-selected': String(isSelected),
      'aria-expanded': isExpandable ? String(isExpanded) : undefined,
      'aria-label': [name, value, at && rangeText(at, size)].filter(Boolean).join(', '),
      title: value === '' ? name : `${name}: ${value}`,
    },
    twistie,
    text,
    html('span', { class: 'place' }, at ? offsetText(at.offset, offsetDigits(size)) : ''),
    html('span', { class: 'length' }, at ? String(at.length) : ''),
  );
  element.style.setProperty('--level', String(level));
  return element;
}

function rowId(path: string): string {
  return `field-${path.replaceAll('/', '-')}`;
}
