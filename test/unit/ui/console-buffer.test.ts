import assert from 'node:assert/strict';
import { systemClock as clock } from '../../../src/base/clock';
import { createMemoryLinkPair } from '../../../src/link/memory-link';
import { ConsoleBuffer } from '../../../src/ui/console-buffer';
import { until } from '../support/until';

describe('the buffer of a console', () => {
  it('keeps what was printed, with line ends as terminals want them', async () => {
    const [host, board] = createMemoryLinkPair('console', { clock });
    const buffer = new ConsoleBuffer(host);
    const heard: string[] = [];
    buffer.onDidWrite((text) => heard.push(text));
    for (const text of ['one\ntwo\r', '\nthree\r\n\n']) await board.writeConsole(Buffer.from(text));
    await until(() => buffer.text.includes('three\r\n\r\n'), 'the text');
    assert.equal(buffer.text, 'one\r\ntwo\r\nthree\r\n\r\n');
    assert.equal(heard.join(''), buffer.text);
    buffer.dispose();
  });

  it('puts characters together that come in pieces', async () => {
    const [host, board] = createMemoryLinkPair('pieces', { clock });
    const buffer = new ConsoleBuffer(host);
    for (const byte of Buffer.from('21 °C ✓')) await board.writeConsole(Uint8Array.of(byte));
    await until(() => buffer.text.length === 7, 'all of it');
    assert.equal(buffer.text, '21 °C ✓');
    buffer.dispose();
  });

  it('forgets the oldest of very much, and sends what is typed', async () => {
    const [host, board] = createMemoryLinkPair('much', { clock });
    const buffer = new ConsoleBuffer(host);
    const typed: string[] = [];
    board.onConsole((data) => typed.push(Buffer.from(data).toString()));
    await board.writeConsole(Buffer.from('x'.repeat(70_000)));
    await board.writeConsole(Buffer.from('end'));
    await buffer.send('ls\r');
    await until(() => buffer.text.endsWith('end') && typed.join('') === 'ls\r', 'both ways');
    assert.equal(buffer.text.length, 65_536);
    buffer.dispose();
  });
});
