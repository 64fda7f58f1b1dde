import type { TraceDetails, TraceField } from '../../src/ui/trace-protocol';
import { html } from '../dom';
import { ByteStore } from '../inspector/byte-store';
import { hexView } from '../inspector/hex-view';
import { words } from './words';

export interface DetailsView {
  readonly element: HTMLElement;
  update(details: TraceDetails | undefined): void;
}

/** What the message that is chosen says first, then how; beside it its bytes. */
export function detailsView(): DetailsView {
  const hint = html('p', { class: 'quiet' }, words.choose);
  const facts = html('div', { class: 'facts', tabindex: 0, role: 'region', 'aria-label': words.details });
  const hex = hexView(() => undefined);
  const element = html('div', { class: 'details' }, hint, facts, hex.element);
  return {
    element,
    update: (details) => {
      element.classList.toggle('none', details === undefined);
      hint.hidden = details !== undefined;
      facts.hidden = hex.element.hidden = details === undefined;
      if (!details) return;
      facts.replaceChildren(
        ...part(words.payload, html('pre', {}, details.payload.join('\n')), details.payload.length),
        ...part(words.options, pairs(details.options), details.options.length),
        ...part(words.message, pairs(details.fields), details.fields.length),
      );
      facts.scrollTop = 0;
      const bytes = bytesOf(details.hex);
      const store = new ByteStore(bytes.length, () => undefined);
      store.add(0, bytes);
      hex.update(store, undefined);
    },
  };
}

function pairs(fields: readonly TraceField[]): HTMLElement {
  return html('dl', {}, ...fields.flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, value)]));
}

function part(title: string, content: HTMLElement, count: number): HTMLElement[] {
  return count === 0 ? [] : [html('h2', {}, title), content];
}

/** Of hexadecimal digits without spaces. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) => parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}
