import type { InspectionField } from '../../src/image/inspection';

/** A row of the tree of fields that can be seen. */
export interface FieldRow {
  /** Places of its ancestors and its own, from the top: `0/3`. The same field has it again after a reload. */
  readonly path: string;
  readonly field: InspectionField;
  /** From 1 on. */
  readonly level: number;
  /** From 1 on, among `siblings`. */
  readonly position: number;
  readonly siblings: number;
  readonly isExpandable: boolean;
  readonly isExpanded: boolean;
}

/** Those whose ancestors are all expanded, in their order. */
export function visibleRows(
  fields: readonly InspectionField[],
  expanded: ReadonlySet<string>,
): readonly FieldRow[] {
  const rows: FieldRow[] = [];
  const add = (siblings: readonly InspectionField[], parent: string, level: number): void => {
    for (const [index, field] of siblings.entries()) {
      const path = `${parent}${index}`;
      const isExpandable = (field.children?.length ?? 0) > 0;
      const isExpanded = isExpandable && expanded.has(path);
      rows.push({
        path,
        field,
        level,
        position: index + 1,
        siblings: siblings.length,
        isExpandable,
        isExpanded,
      });
      if (isExpanded) add(field.children!, `${path}/`, level + 1);
    }
  };
  add(fields, '', 1);
  return rows;
}

/** What is open at first: as many levels as fit into `rowsWanted` rows, the top one always. */
export function firstExpanded(fields: readonly InspectionField[], rowsWanted: number): ReadonlySet<string> {
  let expanded = new Set<string>();
  for (;;) {
    const closed = visibleRows(fields, expanded).filter((row) => row.isExpandable && !row.isExpanded);
    if (closed.length === 0) return expanded;
    const more = new Set([...expanded, ...closed.map(({ path }) => path)]);
    if (expanded.size > 0 && visibleRows(fields, more).length > rowsWanted) return expanded;
    expanded = more;
  }
}

/** The field of a path; undefined if there is none now. */
export function fieldAtPath(fields: readonly InspectionField[], path: string): InspectionField | undefined {
  let siblings: readonly InspectionField[] = fields;
  let field: InspectionField | undefined;
  for (const index of path.split('/')) {
    field = siblings[Number(index)];
    if (!field) return undefined;
    siblings = field.children ?? [];
  }
  return field;
}

/** The path of the innermost field that a byte belongs to; undefined for one of none. */
export function pathOfByte(fields: readonly InspectionField[], offset: number): string | undefined {
  for (const [index, { at, children = [] }] of fields.entries()) {
    const within = pathOfByte(children, offset);
    if (within !== undefined) return `${index}/${within}`;
    if (at && offset >= at.offset && offset < at.offset + at.length) return String(index);
  }
  return undefined;
}

/** Paths of everything that a field is within: `0/3/1` is in `0` and `0/3`. */
export function ancestors(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** What a key does in the tree. */
export type TreeMove =
  | { readonly type: 'select'; readonly path: string }
  | { readonly type: 'expand' | 'collapse'; readonly paths: readonly string[] };

/**
 * What `key` does while the row of `selected` is active, after the tree pattern of ARIA's Authoring Practices;
 * undefined for a key that does nothing here. `page` is how many rows are in view.
 */
export function moveBy(
  key: string,
  rows: readonly FieldRow[],
  selected: string | undefined,
  page: number,
): TreeMove | undefined {
  if (rows.length === 0) return undefined;
  const current = rows.findIndex(({ path }) => path === selected);
  const to = (index: number): TreeMove => ({
    type: 'select',
    path: rows[Math.min(rows.length - 1, Math.max(0, index))]!.path,
  });
  const row = rows[current];
  switch (key) {
    case 'ArrowDown':
      return to(current + 1);
    case 'ArrowUp':
      return to(current - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'PageDown':
      return to(current + Math.max(1, page - 1));
    case 'PageUp':
      return to(current - Math.max(1, page - 1));
    case 'ArrowRight':
      if (!row?.isExpandable) return undefined;
      return row.isExpanded ? to(current + 1) : { type: 'expand', paths: [row.path] };
    case 'ArrowLeft': {
      if (row?.isExpanded) return { type: 'collapse', paths: [row.path] };
      const parent = row && ancestors(row.path).at(-1);
      return parent === undefined ? undefined : { type: 'select', path: parent };
    }
    case 'Enter':
    case ' ':
      if (!row?.isExpandable) return undefined;
      return { type: row.isExpanded ? 'collapse' : 'expand', paths: [row.path] };
    case '*': {
      if (!row) return undefined;
      const within = ancestors(row.path).join();
      const siblings = rows.filter(
        ({ path, isExpandable, level }) =>
          isExpandable && level === row.level && ancestors(path).join() === within,
      );
      return { type: 'expand', paths: siblings.map(({ path }) => path) };
    }
    default:
      return undefined;
  }
}
