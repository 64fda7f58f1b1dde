import type {
  FromInspector,
  InspectorContent,
  InspectorFile,
  InspectorMemory,
  ToInspector,
} from '../../src/ui/inspector-protocol';
import { button } from '../components';
import { html, setText } from '../dom';
import type { Host, Page } from '../page';
import { ByteStore } from './byte-store';
import { checksView } from './checks';
import { fieldTree, type TreeChoice } from './field-tree';
import { rangeText } from './hex-text';
import { hexView } from './hex-view';
import { fieldAtPath, firstExpanded, pathOfByte } from './tree-model';
import { words } from './words';

/** Rows of the tree that are open at first, if a level of it fits. */
const rowsAtFirst = 60;

/** The page of a file: what a board makes of it, its fields, and its bytes with those of the chosen field marked. */
export function createInspector(host: Host<FromInspector, InspectorMemory>): Page<ToInspector> {
  const { selected, expanded } = host.remembered();
  let choice: TreeChoice | undefined = expanded && { selected, expanded: new Set(expanded) };
  let shown: InspectorFile | undefined;
  let store: ByteStore | undefined;

  const title = html('h1');
  const description = html('span', { class: 'quiet description' });
  const refusal = refusalView(() => host.send({ type: 'openDefault' }));
  const checks = checksView();
  const chosen = html('p', { class: 'chosen', 'aria-live': 'off' });
  const tree = fieldTree((next) => choose(next));
  const hex = hexView((offset) => {
    const path = pathOfByte(shown?.content?.fields ?? [], offset);
    if (path !== undefined) tree.reveal(path);
  });
  const columns = html(
    'div',
    { class: 'columns-head', 'aria-hidden': 'true' },
    html('span', { class: 'field' }, words.field),
    html('span', { class: 'place' }, words.place),
    html('span', { class: 'length' }, words.length),
  );
  const content = html(
    'div',
    { class: 'content' },
    html(
      'div',
      { class: 'left' },
      checks.element,
      html('section', { class: 'fields' }, html('h2', {}, words.fields), columns, tree.element),
    ),
    html('section', { class: 'right' }, html('h2', {}, words.bytes), chosen, hex.element),
  );
  const loading = html('p', { class: 'quiet' }, words.loading);
  const header = html('header', {}, title, description);
  for (const element of [header, content, refusal.element]) element.hidden = true;

  const showSelection = ({ fields, size }: InspectorContent, path: string | undefined): void => {
    const field = path === undefined ? undefined : fieldAtPath(fields, path);
    const place = field && (field.at ? rangeText(field.at, size) : words.notInFile);
    setText(
      chosen,
      field ? [field.name, field.value, place].filter(Boolean).join(' · ') : words.nothingSelected,
    );
    if (store) hex.update(store, field?.at);
  };
  const choose = (next: TreeChoice): void => {
    const isOther = next.selected !== choice?.selected;
    choice = next;
    host.remember({
      expanded: [...next.expanded],
      ...(next.selected !== undefined && { selected: next.selected }),
    });
    const now = shown?.content;
    if (!now || !isOther || next.selected === undefined) return;
    showSelection(now, next.selected);
    const at = fieldAtPath(now.fields, next.selected)?.at;
    if (at) hex.reveal(at.offset);
  };
  const show = (file: InspectorFile): void => {
    const isFirst = shown === undefined;
    shown = file;
    const now = file.content;
    loading.hidden = true;
    header.hidden = false;
    content.hidden = now === undefined;
    setText(title, file.name);
    setText(description, now?.description ?? '');
    refusal.update(file.refusal);
    if (!now) return;
    store = new ByteStore(now.size, (range) =>
      host.send({ type: 'bytes', revision: file.revision, ...range }),
    );
    choice ??= { selected: undefined, expanded: firstExpanded(now.fields, rowsAtFirst) };
    checks.update(now);
    tree.update(now.fields, now.size, choice);
    showSelection(now, choice.selected);
    if (isFirst && choice.selected !== undefined) tree.reveal(choice.selected);
  };
  return {
    element: html('main', { class: 'inspector' }, loading, header, refusal.element, content),
    hear: (message) => {
      if (message.type === 'file') return show(message.file);
      if (message.revision !== shown?.revision) return;
      store?.add(message.offset, message.bytes);
      hex.redraw();
    },
  };
}

interface RefusalView {
  readonly element: HTMLElement;
  update(refusal: InspectorFile['refusal']): void;
}

/** Why there is nothing to show, and the way to VS Code's own editor. */
function refusalView(onOpenDefault: () => void): RefusalView {
  const message = html('p');
  const remedy = html('p', { class: 'quiet' });
  const open = button(words.openDefault, words.openDefaultTitle, onOpenDefault);
  const element = html(
    'section',
    { class: 'refusal', role: 'status' },
    message,
    remedy,
    html('div', { class: 'actions' }, open.element),
  );
  return {
    element,
    update: (refusal) => {
      element.hidden = refusal === undefined;
      setText(message, refusal?.message ?? '');
      setText(remedy, refusal?.remedy ?? '');
    },
  };
}
