import type { PanelMachineState } from '../src/ui/panel-protocol';

export interface MachineNode {
  readonly state: number;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MachineEdge {
  /** Path data; the arrow's head is at its end. */
  readonly path: string;
  readonly label: string;
  readonly at: readonly [x: number, y: number];
  readonly anchor: 'start' | 'middle';
  /** Whether it leads back to the first state because something went wrong or was reset. */
  readonly failure: boolean;
}

export interface MachineLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MachineNode[];
  readonly edges: readonly MachineEdge[];
}

const node = { width: 112, height: 40 };
/** A state machine needs this much between two states for the words on its arrow. */
const gap = { row: 58, column: 34 };

/**
 * What leads from a state to the next (OMA Firmware Update 1.1, annex on its state machine), by the number of
 * the state it leads from.
 */
const forward: Readonly<Record<number, string>> = { 0: 'package', 1: 'complete', 2: 'Update' };
const back = { done: 'restarted, result known', failed: 'failed or reset' };

/** Lays states out in a row where `width` (CSS pixels) is enough, else one below the other. */
export function machineLayout(states: readonly PanelMachineState[], width: number): MachineLayout {
  const row = states.length * node.width + (states.length - 1) * gap.row;
  return row <= width ? inRow(states, width) : inColumn(states, width);
}

function inRow(states: readonly PanelMachineState[], width: number): MachineLayout {
  const space = Math.min(
    110,
    Math.floor((width - states.length * node.width) / Math.max(1, states.length - 1)),
  );
  const top = 34;
  const bottom = top + node.height;
  const middle = top + node.height / 2;
  const total = states.length * node.width + (states.length - 1) * space;
  const nodes = states.map((state, index) => ({
    ...state,
    ...node,
    x: index * (node.width + space),
    y: top,
  }));
  const centre = ({ x }: MachineNode): number => x + node.width / 2;

  const edges: MachineEdge[] = nodes.slice(1).map((to, index) => {
    const from = nodes[index]!;
    return {
      path: `M${from.x + node.width + 3} ${middle}H${to.x - 5}`,
      label: forward[from.state] ?? '',
      at: [to.x - space / 2 - 2, middle - 8],
      anchor: 'middle',
      failure: false,
    };
  });
  const first = nodes[0];
  const last = nodes.at(-1);
  const beforeLast = nodes.at(-2);
  if (first && last && beforeLast && nodes.length > 2) {
    const right = centre(beforeLast);
    edges.push({
      // Back over the states, beside the end of the way that the arrow below takes.
      path: `M${right} ${top - 3}V${top - 14}H${centre(first)}V${top - 5}`,
      label: back.failed,
      at: [(right + centre(first)) / 2, top - 20],
      anchor: 'middle',
      failure: true,
    });
    edges.push({
      path: `M${centre(last)} ${bottom + 3}V${bottom + 16}H${centre(first)}V${bottom + 5}`,
      label: back.done,
      at: [(centre(last) + centre(first)) / 2, bottom + 32],
      anchor: 'middle',
      failure: false,
    });
  }
  return { width: total, height: bottom + 40, nodes, edges };
}

function inColumn(states: readonly PanelMachineState[], width: number): MachineLayout {
  const left = 26;
  const nodeWidth = Math.max(90, Math.min(160, width - 2 * left));
  const right = left + nodeWidth;
  const nodes = states.map((state, index) => ({
    ...state,
    x: left,
    y: 2 + index * (node.height + gap.column),
    width: nodeWidth,
    height: node.height,
  }));
  const centre = left + nodeWidth / 2;

  const edges: MachineEdge[] = nodes.slice(1).map((to, index) => {
    const from = nodes[index]!;
    return {
      path: `M${centre} ${from.y + node.height + 3}V${to.y - 5}`,
      label: forward[from.state] ?? '',
      at: [centre + 10, to.y - gap.column / 2 + 4],
      anchor: 'start',
      failure: false,
    };
  });
  const first = nodes[0];
  const last = nodes.at(-1);
  const beforeLast = nodes.at(-2);
  // The arrows back have no words here: there is no room beside them.
  if (first && last && beforeLast && nodes.length > 2) {
    const middle = (of: MachineNode): number => of.y + node.height / 2;
    edges.push({
      path: `M${right + 3} ${middle(beforeLast)}H${right + 16}V${middle(first)}H${right + 5}`,
      label: '',
      at: [0, 0],
      anchor: 'start',
      failure: true,
    });
    edges.push({
      path: `M${left - 3} ${middle(last)}H${left - 16}V${middle(first)}H${left - 5}`,
      label: '',
      at: [0, 0],
      anchor: 'start',
      failure: false,
    });
  }
  return { width: right + left, height: (last?.y ?? 0) + node.height + 2, nodes, edges };
}
