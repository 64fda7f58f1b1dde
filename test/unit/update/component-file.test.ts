import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeAppInfo } from '../../../src/image/app-info';
import { readComponentFile } from '../../../src/update/component-file';

describe('the file of a further component', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-component-'));
  });
  after(() => rm(folder, { recursive: true }));
  const put = async (content: Uint8Array): Promise<string> => {
    const file = join(folder, 'radio.bin');
    await writeFile(file, content);
    return file;
  };

  it('is a flat binary that may say its version', async () => {
    const image = encodeAppInfo({ version: '2.0.0', banner: '' });
    const { name, bytes, version } = await readComponentFile('radio', await put(image));
    assert.deepEqual([name, Buffer.from(bytes), version], ['radio', Buffer.from(image), '2.0.0']);
    assert.equal('version' in (await readComponentFile('radio', await put(Buffer.alloc(20, 1)))), false);
  });

  it('is an MCUboot image as it is', async () => {
    const image = Buffer.concat([Buffer.from('3db8f396', 'hex'), Buffer.alloc(60)]);
    assert.deepEqual(Buffer.from((await readComponentFile('radio', await put(image))).bytes), image);
  });

  it('is refused if it is empty, of another kind, or not there', async () => {
    await assert.rejects(readComponentFile('radio', await put(Buffer.alloc(0))), { code: 'image.empty' });
    const zip = await put(Buffer.from('504b0304', 'hex'));
    await assert.rejects(readComponentFile('radio', zip), { code: 'image.wrong-kind' });
    await assert.rejects(readComponentFile('radio', join(folder, 'none')), { code: 'image.unreadable' });
  });
});
