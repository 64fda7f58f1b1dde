import assert from 'node:assert/strict';
import { machineLayout } from '../../../webview/machine-layout';

const states = ['Idle', 'Downloading', 'Downloaded', 'Updating'].map((name, state) => ({ state, name }));

describe('layout of the state machine', () => {
  it('stands in a row where there is room', () => {
    const { nodes, width } = machineLayout(states, 900);
    assert.equal(new Set(nodes.map(({ y }) => y)).size, 1);
    assert.ok(
      nodes.every(({ x }, index) => index === 0 || x > nodes[index - 1]!.x + nodes[index - 1]!.width),
    );
    assert.ok(width <= 900);
  });

  it('stands in a column where there is not', () => {
    const { nodes } = machineLayout(states, 300);
    assert.equal(new Set(nodes.map(({ x }) => x)).size, 1);
    assert.ok(
      nodes.every(({ y }, index) => index === 0 || y > nodes[index - 1]!.y + nodes[index - 1]!.height),
    );
  });

  it('is never wider than what it is given, and holds all of its states', () => {
    for (let width = 160; width < 1200; width += 7) {
      const layout = machineLayout(states, width);
      assert.ok(layout.width <= width, `${layout.width} in ${width}`);
      for (const node of layout.nodes) {
        assert.ok(node.x >= 0 && node.x + node.width <= layout.width);
        assert.ok(node.y >= 0 && node.y + node.height <= layout.height);
      }
    }
  });

  it('leads forward from each state and back from all but the first', () => {
    for (const width of [300, 900]) {
      const { edges } = machineLayout(states, width);
      assert.deepEqual(
        edges.filter(({ failure }) => !failure).map(({ label }) => label?.text),
        ['package', 'complete', 'Update', width === 900 ? 'restarted, result known' : undefined],
      );
      assert.equal(edges.filter(({ failure }) => failure).length, 2);
      assert.equal(edges.filter(({ head }) => !head).length, 1);
    }
  });

  it('lays out whatever states a board has', () => {
    for (const count of [0, 1, 2, 3]) {
      const { nodes, edges } = machineLayout(states.slice(0, count), 500);
      assert.equal(nodes.length, count);
      assert.doesNotMatch(JSON.stringify(edges), /NaN|null/);
    }
  });
});
