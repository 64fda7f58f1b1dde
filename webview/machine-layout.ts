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
  /** Path data. */
  readonly path: string;
  /** Whether an arrow's head is at its end; one that runs into another edge has none. */
  readonly head: boolean;
  /** Whether it leads back to the first state because something went wrong or was reset. */
  readonly failure: boolean;
  readonly label?: { readonly text: string; readonly x: number; readonly y: number; readonly anchor: Anchor };
}

type Anchor = 'start' | 'middle';

export interface MachineLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly MachineNode[];
  readonly edges: readonly MachineEdge[];
}

const node = { width: 124, height: 40 };
/** Room for the stroke of a state's border, which lies half outside of it. */
const border = 2;
/** Between two states: at least so much that the words on an arrow fit, and at most so much that it looks well. */
const gap = { row: 50, widest: 110, column: 34 };

/**
 * What leads from a state to the next (OMA Firmware Update 1.1, annex on its state machine), by the number of
 * the state it leads from.
 */
const forward: Readonly<Record<number, string>> = { 0: 'package', 1: 'complete', 2: 'Update' };
const backDone = 'restarted, result known';
const backFailed = 'failed or reset';

/** Lays states out in a row where `width` (CSS pixels) is enough, else one below the other. */
export function machineLayout(states: readonly PanelMachineState[], width: number): MachineLayout {
  const gaps = Math.max(1, states.length - 1);
  const space = Math.min(gap.widest, Math.floor((width - 2 * border - states.length * node.width) / gaps));
  return space >= gap.row ? inRow(states, space) : inColumn(states, width);
}

function inRow(states: readonly PanelMachineState[], space: number): MachineLayout {
  const top = 34;
  const bottom = top + node.height;
  const middle = top + node.height / 2;
  const nodes = states.map((state, index) => ({
    ...state,
    ...node,
    x: border + index * (node.width + space),
    y: top,
  }));
  const centre = ({ x }: MachineNode): number => x + node.width / 2;

  const edges = nodes.slice(1).map((to, index): MachineEdge => {
    const from = nodes[index]!;
    const path = `M${from.x + node.width + 3} ${middle}H${to.x - 5}`;
    return {
      path,
      head: true,
      failure: false,
      ...label(forward[from.state], to.x - space / 2 - 2, middle - 8),
    };
  });
  const back = backEdges(nodes, {
    failed: (from, to) => `M${centre(from)} ${top - 3}V${top - 14}H${centre(to)}V${top - 5}`,
    joining: (from) => `M${centre(from)} ${top - 3}V${top - 13}`,
    failedLabel: (from, to) => label(backFailed, (centre(from) + centre(to)) / 2, top - 20),
    done: (from, to) => `M${centre(from)} ${bottom + 3}V${bottom + 16}H${centre(to)}V${bottom + 5}`,
    doneLabel: (from, to) => label(backDone, (centre(from) + centre(to)) / 2, bottom + 32),
  });
  const last = nodes.at(-1);
  return {
    width: (last?.x ?? 0) + node.width + border,
    height: bottom + 40,
    nodes,
    edges: [...edges, ...back],
  };
}

function inColumn(states: readonly PanelMachineState[], width: number): MachineLayout {
  // At both sides there is an arrow back. It has no words here: there is no room for them.
  const side = 26;
  const nodeWidth = Math.max(90, Math.min(160, width - 2 * side));
  const right = side + nodeWidth;
  const centre = side + nodeWidth / 2;
  const nodes = states.map((state, index) => ({
    ...state,
    x: side,
    y: border + index * (node.height + gap.column),
    width: nodeWidth,
    height: node.height,
  }));
  const middle = ({ y }: MachineNode): number => y + node.height / 2;

  const edges = nodes.slice(1).map((to, index): MachineEdge => {
    const from = nodes[index]!;
    const path = `M${centre} ${from.y + node.height + 3}V${to.y - 5}`;
    const words = label(forward[from.state], centre + 10, to.y - gap.column / 2 + 4, 'start');
    return { path, head: true, failure: false, ...words };
  });
  const back = backEdges(nodes, {
    failed: (from, to) => `M${right + 3} ${middle(from)}H${right + 16}V${middle(to)}H${right + 5}`,
    joining: (from) => `M${right + 3} ${middle(from)}H${right + 15}`,
    failedLabel: () => ({}),
    done: (from, to) => `M${side - 3} ${middle(from)}H${side - 16}V${middle(to)}H${side - 5}`,
    doneLabel: () => ({}),
  });
  const last = nodes.at(-1);
  return {
    width: right + side,
    height: (last?.y ?? 0) + node.height + border,
    nodes,
    edges: [...edges, ...back],
  };
}

interface BackWays {
  failed(from: MachineNode, to: MachineNode): string;
  /** From a state on the way of `failed` to that way. */
  joining(from: MachineNode): string;
  failedLabel(from: MachineNode, to: MachineNode): Pick<MachineEdge, 'label'>;
  done(from: MachineNode, to: MachineNode): string;
  doneLabel(from: MachineNode, to: MachineNode): Pick<MachineEdge, 'label'>;
}

/** The ways back to the first state: from the last one when it is done, from those between when they fail. */
function backEdges(nodes: readonly MachineNode[], ways: BackWays): MachineEdge[] {
  const [first, ...others] = nodes;
  const last = others.pop();
  const furthest = others.pop();
  if (!first || !last || !furthest) return [];
  return [
    {
      path: ways.failed(furthest, first),
      head: true,
      failure: true,
      ...ways.failedLabel(furthest, first),
    },
    ...others.map((from) => ({ path: ways.joining(from), head: false, failure: true })),
    { path: ways.done(last, first), head: true, failure: false, ...ways.doneLabel(last, first) },
  ];
}

function label(
  text: string | undefined,
  x: number,
  y: number,
  anchor: Anchor = 'middle',
): Pick<MachineEdge, 'label'> {
  return text === undefined ? {} : { label: { text, x, y, anchor } };
}
