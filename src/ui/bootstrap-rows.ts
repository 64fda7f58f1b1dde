import type { BootstrapState } from '../lwm2m/bootstrap-server';
import { objectDefinition } from '../lwm2m/objects/objects';
import { parsePath } from '../lwm2m/path';
import { bootstrapText } from './bootstrap-wording';
import { markdownText, nodeId, type RowColor, type TreeNode, type TreeRow } from './tree-row';
import { describeError } from './wording';

type BootstrapNode = Extract<TreeNode, { kind: 'bootstrap' }>;

/** What a board was given in its bootstrap, as nodes below its row. */
export function bootstrapParts({ endpoint, written }: BootstrapState): readonly TreeNode[] {
  return written.map((path) => ({ kind: 'bootstrap', board: endpoint, path }));
}

/** The row of a bootstrap, by itself where the board has not registered (`isKnown`), or of what it wrote. */
export function bootstrapRow(state: BootstrapState, node: BootstrapNode, isKnown: boolean): TreeRow {
  return node.path === undefined ? stateRow(state, node, isKnown) : writtenRow(node, node.path);
}

function stateRow(state: BootstrapState, node: BootstrapNode, isKnown: boolean): TreeRow {
  const { endpoint, phase, written, error } = state;
  const text = bootstrapText(state);
  const words = error && describeError(error);
  const label = isKnown ? 'Bootstrap' : endpoint;
  const waits = phase === 'done' && !isKnown ? ', and has not registered yet' : '';
  const advice = [words?.message ?? `${endpoint} ${text}${waits}.`, words?.remedy].filter(
    (part) => part !== undefined,
  );
  return {
    id: nodeId(node),
    label,
    description: `${text}${waits}`,
    tooltip: [`**${markdownText(label)}**`, ...advice.map(markdownText)].join('\n\n'),
    ...looks[phase],
    contextValue: ['bootstrap', isKnown ? 'known' : 'unknown', phase].join(' '),
    children: written.length > 0 ? 'collapsed' : 'none',
    spoken: [`bootstrap of ${endpoint}`, ...advice].join(', '),
  };
}

/** An instance that the board took. */
function writtenRow(node: BootstrapNode, path: string): TreeRow {
  const { objectId } = parsePath(path);
  const name = objectId === 19 ? 'Trust anchor' : (objectDefinition(objectId)?.name ?? `Object ${objectId}`);
  const label = name.replace(/^LwM2M /, '');
  return {
    id: nodeId(node),
    label,
    description: `written to ${path}`,
    tooltip: `**${markdownText(label)}** ${path}`,
    icon: 'check',
    color: 'charts.green',
    contextValue: 'bootstrap written',
    children: 'none',
    spoken: `${label}, written to ${path}`,
  };
}

const busy = { icon: 'sync~spin', color: 'charts.blue' } as const;

const looks: Readonly<Record<BootstrapState['phase'], { icon: string; color: RowColor }>> = {
  deleting: busy,
  writing: busy,
  finishing: busy,
  done: { icon: 'pass', color: 'charts.green' },
  failed: { icon: 'error', color: 'charts.red' },
  unserved: { icon: 'warning', color: 'charts.yellow' },
};
