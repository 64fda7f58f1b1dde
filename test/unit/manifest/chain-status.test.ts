import assert from 'node:assert/strict';
import { chainStatus, daysLeft } from '../../../src/manifest/chain-status';
import { certificate } from './certificates';

const now = new Date('2026-11-25T12:00:00Z');
const root = certificate({ subject: 'Root', ca: true });
const leaf = certificate({ subject: 'Signer', issuer: root });

describe('how a chain stands', () => {
  it('is trusted by its root, and not checked without any', () => {
    assert.deepEqual(chainStatus([leaf.der], [root.pem], now), { kind: 'trusted' });
    assert.deepEqual(chainStatus([leaf.der], [], now), { kind: 'unchecked' });
  });

  it('names the certificate and what is wrong with it', () => {
    const stranger = certificate({ subject: 'Stranger', ca: true });
    assert.deepEqual(chainStatus([leaf.der], [stranger.pem], now), {
      kind: 'broken',
      subject: 'Signer',
      fault: 'unknown-issuer',
    });
    const old = certificate({ subject: 'Old', issuer: root, to: new Date('2026-01-01') });
    const expired = { kind: 'broken', subject: 'Old', fault: 'expired' };
    assert.deepEqual(chainStatus([old.der], [root.pem], now), expired);
    assert.deepEqual(chainStatus([old.der], [], now), expired);
  });

  it('runs out with its first certificate', () => {
    const until = (day: string): { validTo: Date } => ({ validTo: new Date(day) });
    assert.equal(daysLeft([], now), undefined);
    assert.equal(daysLeft([until('2030-01-01')], now), undefined);
    assert.equal(daysLeft([until('2026-12-25T12:00:00Z')], now), undefined);
    assert.equal(daysLeft([until('2030-01-01'), until('2026-12-05T13:00:00Z')], now), 10);
    assert.equal(daysLeft([until('2026-11-25T11:00:00Z')], now), -1);
  });
});
