import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import { classIdOf, formatUuid, vendorIdOf } from '../../../src/manifest/uuid';
import {
  type PreflightCheck,
  preflightChecks,
  type PreflightFacts,
  type PreflightRule,
} from '../../../src/update/preflight-checks';
import type { UpdatePackage } from '../../../src/update/types';

const vendorId = vendorIdOf('example.com');
const classId = classIdOf(vendorId, 'sensor');
const other = vendorIdOf('example.org');
const pkg: UpdatePackage = {
  name: 'firmware.suit',
  bytes: new Uint8Array(5000),
  sha256: '',
  version: '1.2.0',
  sequence: 7,
  claims: { vendorId, classId, keyIds: ['aa'] },
};
const facts: PreflightFacts = {
  board: 'desk-1',
  hasObject: true,
  state: 0,
  delivery: 'push',
  memoryFree: 5000,
  version: '1.1.9',
  sequence: 7,
  vendorId,
  classId,
  keyIds: ['bb', 'aa'],
};

/** Facts that the board does not tell. */
function without(...names: readonly (keyof PreflightFacts)[]): PreflightFacts {
  return Object.fromEntries(
    Object.entries(facts).filter(([name]) => !names.includes(name as keyof PreflightFacts)),
  ) as unknown as PreflightFacts;
}

function check(rule: PreflightRule, some: Partial<PreflightFacts>, of: UpdatePackage = pkg): PreflightCheck {
  const found = preflightChecks(of, { ...facts, ...some }).find((candidate) => candidate.rule === rule);
  assert.ok(found, rule);
  return found;
}
const summary = ({ verdict, error }: PreflightCheck): string =>
  error ? `${verdict} ${error.code}` : verdict;

describe('checks before a push', () => {
  it('all pass where the board takes the package, in their order', () => {
    const checks = preflightChecks(pkg, facts);
    assert.deepEqual(
      checks.map(({ rule }) => rule),
      ['object', 'state', 'delivery', 'room', 'version', 'sequence', 'vendor', 'class', 'key'],
    );
    assert.deepEqual([...new Set(checks.map(summary))], ['passed']);
  });

  it('are none but the first where there is no object 5', () => {
    const checks = preflightChecks(pkg, { board: 'desk-1', hasObject: false });
    assert.deepEqual(checks.map(summary), ['failed update.no-object']);
  });

  it('of the state', () => {
    assert.deepEqual(
      [0, 1, 2, 3].map((state) => summary(check('state', { state }))),
      ['passed', 'passed', 'passed', 'failed update.wrong-state'],
    );
  });

  it('of the delivery', () => {
    assert.deepEqual(check('delivery', { delivery: 'http' }).ofBoard, 'http');
    const delivery = new SlipwayError('update.push-unsupported', { board: 'desk-1' });
    assert.equal(summary(check('delivery', { delivery })), 'failed update.push-unsupported');
  });

  it('of the room: to the byte, unknown where it is not told or a package lies there', () => {
    const failed = check('room', { memoryFree: 4999 });
    assert.equal(summary(failed), 'failed update.too-large');
    assert.deepEqual(failed.error?.details, { board: 'desk-1', bytes: 5000, limit: 4999 });
    assert.equal(summary(check('room', { memoryFree: 10, state: 2 })), 'unknown');
    const untold = preflightChecks(pkg, without('memoryFree')).find(({ rule }) => rule === 'room');
    assert.equal(summary(untold!), 'unknown');
  });

  it('of the version: an older one is the user’s to decide', () => {
    const of = (version: string, running: string): string =>
      summary(check('version', { version: running }, { ...pkg, version }));
    assert.equal(of('1.2.0', '1.2.0'), 'passed');
    assert.equal(of('1.10.0', '1.9.0'), 'passed');
    assert.equal(of('1.2.0', '1.2.1'), 'warning update.downgrade');
    assert.equal(of('main-4f2a', '1.2.1'), 'unknown');
    const { version: _version, ...untold } = pkg;
    assert.equal(summary(check('version', {}, untold)), 'unknown');
    const board = preflightChecks(pkg, without('version')).find(({ rule }) => rule === 'version');
    assert.equal(summary(board!), 'unknown');
  });

  it('of the sequence number: not below the board’s', () => {
    assert.equal(summary(check('sequence', { sequence: 7 })), 'passed');
    const failed = check('sequence', { sequence: 8 });
    assert.equal(summary(failed), 'failed update.sequence-too-low');
    assert.deepEqual(failed.error?.details, { board: 'desk-1', sequence: 7, minimum: 8 });
    const untold = preflightChecks(pkg, without('sequence')).find(({ rule }) => rule === 'sequence');
    assert.equal(summary(untold!), 'unknown');
  });

  it('of vendor and class: by their ids', () => {
    assert.equal(summary(check('vendor', { vendorId: other })), 'failed update.vendor-mismatch');
    const failed = check('class', { classId: other });
    assert.equal(summary(failed), 'failed update.class-mismatch');
    assert.deepEqual(failed.error?.details, {
      board: 'desk-1',
      expected: formatUuid(other),
      actual: formatUuid(classId),
    });
  });

  it('of vendor and class: by the names of a board that tells no ids, which can speak for it alone', () => {
    const told = without('vendorId', 'classId');
    const of = (names: Partial<PreflightFacts>): string[] =>
      preflightChecks(pkg, { ...told, ...names })
        .filter(({ rule }) => rule === 'vendor' || rule === 'class')
        .map(summary);
    assert.deepEqual(of({ manufacturer: 'example.com', model: 'sensor' }), ['passed', 'passed']);
    assert.deepEqual(of({ manufacturer: 'Example Inc.', model: 'MPS2' }), ['unknown', 'unknown']);
    assert.deepEqual(of({}), ['unknown', 'unknown']);
  });

  it('of the key: by its id, among all that the board trusts', () => {
    assert.equal(check('key', {}).ofPackage, 'aa');
    const failed = check('key', { keyIds: ['cc', 'dd'] });
    assert.equal(summary(failed), 'failed update.untrusted-key');
    assert.deepEqual(failed.error?.details, { board: 'desk-1', keyId: 'aa', trusted: ['cc', 'dd'] });
    assert.equal(summary(check('key', { keyIds: [] })), 'unknown', 'trusts nobody yet, or does not tell');
    const two = { ...pkg, claims: { keyIds: ['ee', 'bb'] } };
    assert.equal(check('key', {}, two).ofPackage, 'bb');
  });

  it('leave out what the package says nothing of', () => {
    const { sequence: _sequence, claims: _claims, ...bare } = pkg;
    const rules = preflightChecks(bare, facts).map(({ rule }) => rule);
    assert.deepEqual(rules, ['object', 'state', 'delivery', 'room', 'version']);
    const anonymous = preflightChecks({ ...pkg, claims: { keyIds: [] } }, facts).map(({ rule }) => rule);
    assert.deepEqual(anonymous, ['object', 'state', 'delivery', 'room', 'version', 'sequence']);
  });
});
