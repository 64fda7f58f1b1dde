import assert from 'node:assert/strict';
import { type Uri, workspace } from 'vscode';
import type { SlipwayApi } from '../../../src/ui/api';
import { packageFile } from '../support/firmware';
import { boardNode, panelBoard, run, slipway, startBoard } from '../support/slipway';
import { userAtDesk } from '../support/user';

describe('a patch from one image to the next', function () {
  this.timeout(120_000);
  let api: SlipwayApi;
  const made: Uri[] = [];

  afterEach(async () => {
    for (const file of made.splice(0)) await workspace.fs.delete(file);
  });
  const user = userAtDesk();

  before(async () => {
    api = await slipway();
  });
  /** Versions that no other test has pushed: what the board runs is known by its digest alone. */
  async function packageOf(version: string): Promise<Uri> {
    const file = await packageFile(`patched-${version}.suit`, version);
    made.push(file);
    return file;
  }

  it('is made in the extension host’s thread, and the panel says what it saves, and why there is none', async () => {
    const board = await startBoard(api, { name: 'known' });
    await run('firmware.push', await packageOf('4.0.1'), boardNode(board));
    assert.equal(api.history()[0]?.toVersion, '4.0.1');
    await run('firmware.push', await packageOf('4.0.2'), boardNode(board));
    const [record] = api.history();
    assert.deepEqual([record?.toVersion, record?.reducedBy], ['4.0.2', 'patch']);
    assert.ok(record!.bytes < record!.fullBytes!);
    assert.match(panelBoard(api, board).update?.figures ?? '', /a patch instead of .* saved/);
    assert.match(api.panel().history[0]?.size ?? '', /^[\d.]+ \S+ of [\d.]+ KiB$/);

    await startBoard(api, { name: 'fresh' });
    const next = await packageOf('4.0.3');
    user.picks(/Push a signed package/, /Choose a file/).choosesFile(/Push a signed package/, next);
    await run('firmware.pushSeveral', boardNode(board), [board, 'fresh'].map(boardNode));
    const [known, fresh] = api.panel().batch?.rows ?? [];
    assert.match(known!.result, /^4\.0\.3 · .*a patch of .* instead of .* saved$/);
    assert.match(
      fresh!.result,
      /^4\.0\.3 · .*(image is sent compressed|full image is sent).* not pushed from here/,
    );
  });
});
