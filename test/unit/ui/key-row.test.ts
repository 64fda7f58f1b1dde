import assert from 'node:assert/strict';
import type { KeyInfo } from '../../../src/manifest/stored-key';
import { commandWords } from '../../../src/ui/command-line';
import { keyFactRow, keyFacts, keyRow } from '../../../src/ui/key-row';

const key: KeyInfo = {
  name: 'release',
  kind: 'private',
  type: 'P-256',
  keyId: 'aa'.repeat(32),
  keyHash: 'bb'.repeat(32),
  canSign: true,
  created: new Date('2026-11-25T10:00:00Z'),
  chain: [{ subject: 'Signer', validTo: new Date('2030-01-02T00:00:00Z') }],
};

describe('the row of a key', () => {
  it('says type and use, to a screen reader as well', () => {
    const row = keyRow(key, true);
    assert.equal(row.description, 'P-256 · used by this workspace');
    assert.match(row.spoken, /^key release, P-256, signs with its private half.*used by this workspace$/);
    assert.equal(row.color, 'charts.green');
    assert.deepEqual(row.contextValue.split(' '), ['key', 'signs', 'exportable', 'certifiable', 'used']);
    assert.equal(keyRow(key, false).color, undefined);
  });

  it('has an icon and words for each kind', () => {
    const rows = [
      keyRow(key, false),
      keyRow({ ...key, kind: 'command', program: 'hsm' }, false),
      keyRow({ ...key, kind: 'public', type: 'X25519', canSign: false }, false),
      keyRow({ ...key, kind: 'secret', type: 'secret', bits: 128, canSign: false }, false),
    ];
    assert.equal(new Set(rows.map(({ icon }) => icon)).size, 4);
    assert.deepEqual(
      rows.map(({ contextValue }) => contextValue),
      ['key signs exportable certifiable', 'key signs exportable certifiable', 'key exportable', 'key'],
    );
    assert.equal(rows[3]!.description, 'secret, 128 bit');
    assert.match(rows[1]!.tooltip, /hsm/);
  });

  it('warns of sample keys, and offers RSA keys no certificates', () => {
    const row = keyRow({ ...key, type: 'RSA-2048', sample: 'root-rsa-2048' }, true);
    assert.equal(row.icon, 'warning');
    assert.match(row.description ?? '', /^RSA-2048 · sample key, not for products · used/);
    assert.match(row.tooltip, /root\\-rsa\\-2048/);
    assert.ok(!row.contextValue.includes('certifiable'));
  });

  it('lists its facts, which can be copied', () => {
    const facts = keyFacts({ ...key, kind: 'command', program: 'hsm' });
    assert.deepEqual(
      facts.map(({ label, value }) => `${label}: ${value.slice(0, 30)}`),
      [
        `Key id: ${'aa'.repeat(15)}`,
        `KEYHASH: ${'bb'.repeat(15)}`,
        'Created: 2026-11-25',
        'Signed by: hsm',
        'Certificate: Signer, valid until 2030-01-02',
      ],
    );
    const row = keyFactRow(facts[0]!);
    assert.equal(row.spoken, `Key id, ${key.keyId}`);
    assert.equal(row.contextValue, 'keyFact');
  });
});

describe('the words of a command line', () => {
  it('are parted by blanks outside quotes, and nothing else', () => {
    assert.deepEqual(commandWords(`  sign --key 'a b' "C:\\x y\\z.exe" --pin="1 2"`), [
      'sign',
      '--key',
      'a b',
      'C:\\x y\\z.exe',
      '--pin=1 2',
    ]);
    assert.deepEqual(commandWords(''), []);
    assert.deepEqual(commandWords(`p ""`), ['p', '']);
    assert.equal(commandWords(`p "a`), undefined);
  });
});
