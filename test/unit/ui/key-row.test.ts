import assert from 'node:assert/strict';
import type { KeyInfo } from '../../../src/manifest/stored-key';
import { commandWords } from '../../../src/ui/command-line';
import { keyFactRow, keyFacts, keyRow, type KeyUse } from '../../../src/ui/key-row';
import { english } from '../../../src/ui/localize';
import { faultText } from '../../../src/ui/suit-wording';

const key: KeyInfo = {
  name: 'release',
  kind: 'private',
  type: 'P-256',
  keyId: 'aa'.repeat(32),
  keyHash: 'bb'.repeat(32),
  canSign: true,
  created: new Date('2026-11-25T10:00:00Z'),
  chain: [
    {
      subject: 'Signer',
      issuer: 'Root',
      validFrom: new Date('2026-01-02T00:00:00Z'),
      validTo: new Date('2030-01-02T00:00:00Z'),
      der: new Uint8Array(),
    },
  ],
};

const unused = { signs: false, makesMacs: false, encrypts: false };
const signs = { ...unused, signs: true };

describe('the row of a key', () => {
  it('says type and use, to a screen reader as well', () => {
    const row = keyRow(key, signs);
    assert.equal(row.description, 'P-256 · used by this workspace');
    assert.match(row.spoken, /^key release, P-256, signs with its private half.*used by this workspace$/);
    assert.equal(row.color, 'charts.green');
    assert.deepEqual(row.contextValue.split(' '), [
      'key',
      'signs',
      'exportable',
      'certifiable',
      'certified',
      'used',
    ]);
    assert.equal(keyRow(key, unused).color, undefined);
  });

  it('has an icon and words for each kind', () => {
    const rows = [
      keyRow(key, unused),
      keyRow({ ...key, kind: 'command', program: 'hsm' }, unused),
      keyRow({ ...key, kind: 'public', type: 'X25519', canSign: false }, unused),
      keyRow({ ...key, kind: 'secret', type: 'secret', bits: 128, canSign: false }, unused),
    ];
    assert.equal(new Set(rows.map(({ icon }) => icon)).size, 4);
    assert.deepEqual(
      rows.map(({ contextValue }) => contextValue),
      [
        'key signs exportable certifiable certified',
        'key signs exportable certifiable certified',
        'key exportable certified',
        'key secret certified',
      ],
    );
    assert.equal(rows[3]!.description, 'secret, 128 bit');
    assert.match(rows[1]!.tooltip, /hsm/);
  });

  it('warns of sample keys, and offers RSA keys no certificates', () => {
    const row = keyRow({ ...key, type: 'RSA-2048', sample: 'root-rsa-2048' }, signs);
    assert.equal(row.icon, 'warning');
    assert.match(row.description ?? '', /^RSA-2048 · sample key, not for products · used/);
    assert.match(row.tooltip, /root\\-rsa\\-2048/);
    assert.ok(!row.contextValue.includes('certifiable'));
  });

  it('says what a secret is for', () => {
    const secret: KeyInfo = { ...key, kind: 'secret', type: 'secret', bits: 128, canSign: false, chain: [] };
    const row = keyRow(secret, { ...unused, makesMacs: true, encrypts: true });
    assert.equal(
      row.description,
      'secret, 128 bit · makes MACs for this workspace · encrypts for this workspace',
    );
    assert.deepEqual(row.contextValue.split(' '), ['key', 'secret', 'used']);
    assert.equal(row.color, 'charts.green');
  });

  it('warns of certificates that run out, have run out, or end in no root that is trusted', () => {
    const noteOf = (use: Partial<KeyUse>): string => {
      const { icon, description = '' } = keyRow(key, { ...unused, ...use });
      return `${icon} ${description}`;
    };
    const fault = { kind: 'broken', subject: 'Signer', fault: 'unknown-issuer' } as const;
    assert.equal(noteOf({ chain: { kind: 'trusted' } }), 'key P-256');
    assert.equal(noteOf({ chain: { kind: 'unchecked' } }), 'key P-256');
    assert.equal(
      noteOf({ chain: { kind: 'trusted' }, daysLeft: 3 }),
      'warning P-256 · certificate expires in 3 days',
    );
    assert.equal(noteOf({ chain: fault, daysLeft: -1 }), 'warning P-256 · certificate expired');
    assert.equal(noteOf({ chain: fault }), 'warning P-256 · certificates not trusted');
    const [root] = keyFacts(key, { chain: fault }).slice(-1);
    assert.equal(root!.value, `not trusted: Signer: ${faultText('unknown-issuer', english)}`);
    assert.equal(
      keyFacts(key, { chain: { kind: 'unchecked' } }).at(-1)!.value,
      'not checked: no root is trusted yet',
    );
  });

  it('lists its facts, which can be copied', () => {
    const facts = keyFacts({ ...key, kind: 'command', program: 'hsm' }, { chain: { kind: 'trusted' } });
    assert.deepEqual(
      facts.map(({ label, value }) => `${label}: ${value.slice(0, 60)}`),
      [
        `Key id: ${'aa'.repeat(30)}`,
        `KEYHASH: ${'bb'.repeat(30)}`,
        'Created: 2026-11-25',
        'Signed by: hsm',
        'Certificate: Signer, by Root, valid from 2026-01-02 until 2030-01-02',
        'Root: the chain ends in a trusted root',
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
