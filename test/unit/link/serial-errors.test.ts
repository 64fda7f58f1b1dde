import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { groupName, serialOpenError } from '../../../src/link/serial-errors';

describe('errors of opening a serial port', () => {
  // The texts are those of @serialport/bindings-cpp.
  const cases: [string, NodeJS.Platform, string][] = [
    ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'linux', 'link.not-found'],
    ['Error: No such device, cannot open /dev/ttyUSB0', 'linux', 'link.not-found'],
    ['Opening COM9: File not found', 'win32', 'link.not-found'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'linux', 'link.busy'],
    ['Error Resource temporarily unavailable Cannot lock port', 'linux', 'link.busy'],
    ['Error: Resource busy, cannot open /dev/tty.usbmodem1', 'darwin', 'link.busy'],
    ['Opening COM3: Access denied', 'win32', 'link.busy'],
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'linux', 'link.permission'],
    ['Error: Permission denied, cannot open /dev/tty.usbmodem1', 'darwin', 'link.permission'],
    ['Opening COM3: Unknown error code 31', 'win32', 'link.failed'],
  ];
  for (const [text, platform, code] of cases) {
    it(`${text} on ${platform} is ${code}`, async () => {
      const cause = new Error(text);
      const error = await serialOpenError('serial:x', '/dev/no-such-port', cause, platform);
      assert.equal(error.code, code);
      assert.equal(error.cause, cause);
      assert.equal((error.details as { link: string }).link, 'serial:x');
    });
  }

  it('names the group that may open it', () => {
    const groups = 'root:x:0:\ntty:x:5:\ndialout:x:20:alice\nuucp:x:986:\n';
    assert.equal(groupName(groups, 20), 'dialout');
    assert.equal(groupName(groups, 986), 'uucp');
    assert.equal(groupName(groups, 2), undefined);
    assert.equal(groupName('', 20), undefined);
  });

  it('names no group where root alone may', async () => {
    const error = await serialOpenError('serial:x', tmpdir(), new Error('Permission denied'), 'darwin');
    assert.deepEqual(error.details, { link: 'serial:x' });
  });
});
