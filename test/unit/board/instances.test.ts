import assert from 'node:assert/strict';
import { ComponentObject } from '../../../src/board/component-object';
import { Instances } from '../../../src/board/instances';

describe('Several instances of an object on the virtual board', () => {
  const executed: string[] = [];
  const part = (name: string): ComponentObject =>
    new ComponentObject({
      activate: () => (executed.push(name), { code: '2.04' }),
      deactivate: () => ({ code: '2.04' }),
    });
  const parts = [part('a'), part('b')];
  const object = new Instances(parts);

  it('are numbered from 0, each with its own values', () => {
    parts[1]?.show({ identity: 'blink', version: '1', active: false });
    assert.deepEqual([object.id, object.instances], [14, [0, 1]]);
    assert.equal(object.read(0).get('0'), undefined);
    assert.equal(object.read(1).get('0'), 'blink');
    assert.equal(object.read(2).size, 0);
  });

  it('tell which of them changed', () => {
    const paths: string[] = [];
    object.onDidChange((changed) => paths.push(...changed));
    parts[1]?.show({ identity: 'blink', version: '1', active: true });
    parts[0]?.show({ identity: 'glow', version: '2', active: false });
    assert.deepEqual(paths, ['/1/5', '/0/0', '/0/2', '/0/5']);
  });

  it('are executed and written one by one', async () => {
    assert.equal((await object.execute(1, 3, '')).code, '2.04');
    assert.deepEqual(executed, ['b']);
    assert.equal((await object.write(0, 0, 'x')).code, '4.05');
    assert.deepEqual(
      [(await object.execute(7, 3, '')).code, (await object.write(7, 0, 'x')).code],
      ['4.04', '4.04'],
    );
  });
});
