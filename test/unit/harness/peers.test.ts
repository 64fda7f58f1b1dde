import assert from 'node:assert/strict';
import { type PeerTool, prepareTools, toolsNeeded } from '../../harness/peer-tools';

describe('what tests against other programs need', () => {
  const tools: Record<string, PeerTool> = {
    python: { variable: 'PYTHON', prepare: async () => '/cache/python' },
    tshark: { variable: 'TSHARK', prepare: async () => Promise.reject(new Error('no tshark on PATH')) },
  };

  it('is read from their files', () => {
    assert.deepEqual(
      toolsNeeded("describe('x', () => {\n  needs('python', 'tshark');\n needs('python') });", tools),
      ['python', 'tshark'],
    );
    assert.deepEqual(toolsNeeded("it('needs nothing', () => {});", tools), []);
  });

  it('must be a tool that the harness knows', () => {
    assert.throws(() => toolsNeeded("needs('pyhton')", tools), /'pyhton'/);
  });

  it('is given to them in the environment, or why it is not there', async () => {
    const { env, missing } = await prepareTools(['python', 'tshark'], tools);
    assert.equal(env.PYTHON, '/cache/python');
    assert.ok(!('TSHARK' in env));
    assert.deepEqual(missing, { tshark: 'no tshark on PATH' });
    assert.deepEqual(JSON.parse(env.SLIPWAY_PEERS_MISSING!), missing);
  });
});
