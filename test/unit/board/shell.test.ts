import assert from 'node:assert/strict';
import { Shell } from '../../../src/board/shell';

describe('The shell of the virtual board', () => {
  let reboots: number;
  let shell: Shell;
  const type = (text: string): string => shell.input(Buffer.from(text));

  beforeEach(() => {
    reboots = 0;
    shell = new Shell({
      version: () => '1.2.3',
      slots: () => ['A: full', 'B: empty'],
      reboot: () => {
        reboots++;
      },
    });
  });

  it('echoes what is typed and answers a finished line', () => {
    assert.equal(type('ver'), 'ver');
    assert.equal(type('sion'), 'sion');
    assert.equal(type('\r'), '\r\n1.2.3\r\n> ');
  });

  it('knows its commands', () => {
    assert.match(type('help\r'), /^help\r\nhelp .*\r\nversion .*\r\nslots .*\r\nreboot .*\r\n> $/);
    assert.equal(type('slots\n'), 'slots\r\nA: full\r\nB: empty\r\n> ');
    assert.equal(reboots, 0);
    assert.equal(type('reboot\r'), 'reboot\r\n> ');
    assert.equal(reboots, 1);
  });

  it('says what it doesn’t know, and forgets the line', () => {
    assert.equal(type('Version\r'), 'Version\r\nVersion: unknown, try help\r\n> ');
    assert.equal(type('version\r'), 'version\r\n1.2.3\r\n> ');
  });

  it('takes blanks around a command, and gives a prompt for an empty line', () => {
    assert.equal(type('  version \r'), '  version \r\n1.2.3\r\n> ');
    assert.equal(type('\r'), '\r\n> ');
    assert.equal(type('   \r'), '   \r\n> ');
  });

  it('lets the last character be taken back, by either key, and no more than was typed', () => {
    assert.equal(type('versiin\b\x7fon'), 'versiin\b \b\b \bon');
    assert.equal(type('\r'), '\r\n1.2.3\r\n> ');
    assert.equal(type('\b\x7f'), '');
  });

  it('leaves out control characters and what goes past its line', () => {
    assert.equal(type('\x00ver\tsion\x1b\r'), 'version\r\n1.2.3\r\n> ');
    assert.equal(type('x'.repeat(200)).length, 80);
    assert.equal(type('\r'), `\r\n${'x'.repeat(80)}: unknown, try help\r\n> `);
  });

  it('runs several lines that came at once', () => {
    assert.equal(type('version\rreboot\rver'), 'version\r\n1.2.3\r\n> reboot\r\n> ver');
    assert.equal(reboots, 1);
  });

  it('takes the end of a line in either form as one', () => {
    assert.equal(type('version\r\n'), 'version\r\n1.2.3\r\n> ');
    assert.equal(type('version\r'), 'version\r\n1.2.3\r\n> ');
    assert.equal(type('\nversion\n'), 'version\r\n1.2.3\r\n> ');
    assert.equal(type('\n'), '\r\n> ');
  });

  it('puts characters together that came in pieces', () => {
    const bytes = Buffer.from('é😀\r');
    const output = [...bytes].map((byte) => shell.input(Uint8Array.of(byte))).join('');
    assert.equal(output, 'é😀\r\né😀: unknown, try help\r\n> ');
  });

  it('takes back a whole character', () => {
    assert.equal(type('version😀\x7f\r'), 'version😀\b \b\r\n1.2.3\r\n> ');
  });
});
