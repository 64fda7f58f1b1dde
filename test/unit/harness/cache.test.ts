import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached } from '../../harness/cache';

describe('the cache', () => {
  const before = process.env.SLIPWAY_CACHE;
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-cache-'));
    process.env.SLIPWAY_CACHE = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.SLIPWAY_CACHE;
    else process.env.SLIPWAY_CACHE = before;
    rmSync(folder, { recursive: true });
  });

  const fill = (text: string) => async (target: string) => writeFileSync(join(target, 'file'), text);

  it('fills a folder once and finds it again', async () => {
    const first = await cached('editor', fill('one'));
    const second = await cached('editor', () => assert.fail('filled twice'));
    assert.equal(first, second);
    assert.equal(readFileSync(join(second, 'file'), 'utf8'), 'one');
    assert.deepEqual(readdirSync(folder), ['editor']);
  });

  it('keeps nothing of an install that broke', async () => {
    const broken = cached('editor', async (target) => {
      writeFileSync(join(target, 'half'), '');
      throw new Error('line cut');
    });
    await assert.rejects(broken, /line cut/);
    assert.deepEqual(readdirSync(folder), []);
    const whole = await cached('editor', fill('whole'));
    assert.ok(!existsSync(join(whole, 'half')));
  });

  it('lets one of two install, the other wait', async () => {
    let installs = 0;
    const install = async (target: string): Promise<void> => {
      installs++;
      await fill('shared')(target);
    };
    const [first, second] = await Promise.all([cached('editor', install), cached('editor', install)]);
    assert.equal(first, second);
    assert.equal(installs, 1);
  });

  it('takes over from an installer that died', async () => {
    const lock = join(folder, 'editor.lock');
    writeFileSync(lock, '');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    assert.ok(existsSync(await cached('editor', fill('taken over'))));
  });
});
