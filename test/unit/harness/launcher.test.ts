import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { parseArguments } from '../../harness/launcher-arguments';
import { workbenchUrl } from '../../harness/served-vscode';

describe('the launcher', () => {
  it('takes what a test run names from VS Code’s command line and leaves the rest', () => {
    const options = parseArguments([
      '/my project',
      '--disable-extensions',
      '--user-data-dir=/tmp/data',
      '--extensionTestsPath=/tests/index.js',
      '--extensionDevelopmentPath=/extension',
    ]);
    assert.deepEqual(options, {
      folder: resolve('/my project'),
      extensionTestsPath: resolve('/tests/index.js'),
      extensionDevelopmentPaths: [resolve('/extension')],
    });
  });

  it('addresses the workbench as VS Code’s smoke tests do', () => {
    const url = new URL(
      workbenchUrl(1234, {
        folder: 'C:\\project',
        extensionDevelopmentPaths: ['/extension'],
        extensionTestsPath: '/tests/index.js',
      }),
    );
    assert.equal(url.origin, 'http://localhost:1234');
    assert.equal(url.searchParams.get('folder'), '/C:/project');
    assert.deepEqual(JSON.parse(url.searchParams.get('payload') ?? ''), [
      ['extensionDevelopmentPath', 'vscode-remote://localhost:1234/extension'],
      ['extensionTestsPath', 'vscode-remote://localhost:1234/tests/index.js'],
    ]);
  });
});
