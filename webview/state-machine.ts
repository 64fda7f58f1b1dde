import type { PanelMachineState } from '../src/ui/panel-protocol';
import { html, setText, svg, watchWidth } from './dom';
import { type MachineEdge, type MachineNode, machineLayout } from './machine-layout';
import { words } from './words';

export interface StateMachine {
  readonly element: HTMLElement;
  /** `busy`: an update is under way, and the current state is about to change. */
  update(states: readonly PanelMachineState[], current: number | undefined, busy: boolean): void;
}

/** The object's state machine with the current state lit, and that state in words. */
export function stateMachine(): StateMachine {
  const drawing = svg('svg', { class: 'machine-drawing', role: 'img' });
  const note = html('p', { class: 'quiet' });
  const element = html('section', { class: 'machine' }, html('h2', {}, words.machine), drawing, note);
  let width = 0;
  let states: readonly PanelMachineState[] = [];
  let current: number | undefined;
  let busy = false;

  const draw = (): void => {
    const name = states.find(({ state }) => state === current)?.name ?? words.unknownState;
    drawing.setAttribute('aria-label', `${words.machine}: ${words.current} ${name}`);
    drawing.toggleAttribute('hidden', states.length === 0);
    setText(note, states.length === 0 ? words.noMachine : current === undefined ? words.unknownState : '');
    note.hidden = note.textContent === '';
    if (width === 0 || states.length === 0) return;
    const layout = machineLayout(states, width);
    drawing.setAttribute('viewBox', `0 0 ${layout.width} ${layout.height}`);
    drawing.setAttribute('width', String(layout.width));
    drawing.setAttribute('height', String(layout.height));
    drawing.replaceChildren(
      arrowHead('arrow'),
      ...layout.edges.flatMap(drawEdge),
      ...layout.nodes.map((node) => drawNode(node, node.state === current, busy)),
    );
  };
  watchWidth(element, (available) => {
    width = available;
    draw();
  });
  return {
    element,
    update: (nextStates, nextCurrent, nextBusy) => {
      const same = nextCurrent === current && nextBusy === busy;
      if (same && states.length > 0 && JSON.stringify(nextStates) === JSON.stringify(states)) return;
      [states, current, busy] = [nextStates, nextCurrent, nextBusy];
      draw();
    },
  };
}

function drawNode(
  { state, name, x, y, width, height }: MachineNode,
  lit: boolean,
  busy: boolean,
): SVGElement {
  const classes = ['state', ...(lit ? ['lit'] : []), ...(lit && busy ? ['busy'] : [])].join(' ');
  return svg(
    'g',
    { class: classes, 'data-state': state },
    svg('rect', { x, y, width, height, rx: 4 }),
    svg('text', { x: x + width / 2, y: y + height / 2 }, `${state} · ${name}`),
  );
}

function drawEdge({ path, head, failure, label }: MachineEdge): SVGElement[] {
  const edge = svg('path', {
    class: failure ? 'edge failure' : 'edge',
    d: path,
    'marker-end': head ? 'url(#arrow)' : undefined,
  });
  if (!label) return [edge];
  const { text, x, y, anchor } = label;
  return [edge, svg('text', { class: 'label', x, y, 'text-anchor': anchor }, text)];
}

function arrowHead(id: string): SVGElement {
  return svg(
    'marker',
    { id, viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto' },
    svg('path', { class: 'head', d: 'M0 0.5L7 4L0 7.5Z' }),
  );
}
