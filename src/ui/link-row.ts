import type { ShownLink } from './boards-source';
import { isPort } from './board-row';
import { markdownText, nodeId, type RowColor, type TreeRow } from './tree-row';
import { describeError, linkName } from './wording';

/** The row of a link that no board has registered on: its state, and what is wrong with it. */
export function linkRow(link: ShownLink): TreeRow {
  const name = linkName(link.id);
  const { text, icon, color } = linkStatus(link);
  const problem = link.state === 'waiting' && link.error ? describeError(link.error) : undefined;
  const advice = [problem?.message, problem?.remedy].filter((part) => part !== undefined);
  return {
    id: nodeId({ kind: 'link', link: link.id }),
    label: name,
    description: text,
    tooltip: [`**${markdownText(name)}**`, ...(advice.length > 0 ? advice : [text]).map(markdownText)].join(
      '\n\n',
    ),
    icon,
    color,
    contextValue: [
      'link',
      link.state,
      ...(isPort(link.kind) ? ['port', link.state === 'released' ? 'released' : 'held'] : []),
    ].join(' '),
    children: 'none',
    spoken: [`connection ${name}`, ...(advice.length > 0 ? advice : [text])].join(', '),
  };
}

function linkStatus({ state, error }: ShownLink): { text: string; icon: string; color: RowColor } {
  switch (state) {
    case 'opening':
      return { text: 'opening…', icon: 'loading~spin', color: 'charts.blue' };
    case 'open':
      return { text: 'open, no board has registered yet', icon: 'plug', color: 'charts.blue' };
    case 'released':
      return { text: 'released to other programs', icon: 'debug-pause', color: 'charts.yellow' };
    case 'closed':
      return { text: 'closed', icon: 'debug-disconnect', color: 'disabledForeground' };
    case 'waiting':
      return { text: troubleText(error?.code), icon: 'warning', color: 'charts.yellow' };
  }
}

function troubleText(code: string | undefined): string {
  switch (code) {
    case 'link.busy':
      return 'in use by another program';
    case 'link.permission':
      return 'no permission';
    case 'link.not-found':
      return 'not plugged in';
    case 'link.refused':
      return 'connection refused';
    default:
      return 'failed, trying again';
  }
}
