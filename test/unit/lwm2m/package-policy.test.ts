import assert from 'node:assert/strict';
import { fromHex, toHex } from '../../../src/base/hex';
import { isPolicy, policyInstances, policyOf } from '../../../src/lwm2m/package-policy';

const policy = {
  vendorId: fromHex('fa6b4a53d5ad5fdfbe9de663e4d41ffe'),
  classId: fromHex('1492af1425695e48bf429b2d51f2ab45'),
  sequence: 1_795_576_614,
  trustAnchors: [fromHex('302a0102'), fromHex('302a0304')],
};

/** As a server reads them. */
function told(
  instances: ReturnType<typeof policyInstances>,
): { readonly description: string; readonly data: Uint8Array }[] {
  return instances.map((values) => ({
    description: values.get('3') as string,
    data: values.get('0/0') as Uint8Array,
  }));
}

describe('what a board tells of how it judges packages', () => {
  it('is instances of object 19, by their Data Description', () => {
    const rows = policyInstances(policy).map((values) => [
      values.get('3'),
      values.get('4'),
      toHex(values.get('0/0') as Uint8Array),
    ]);
    assert.deepEqual(rows, [
      ['SUIT vendor id', 'uuid', 'fa6b4a53d5ad5fdfbe9de663e4d41ffe'],
      ['SUIT class id', 'uuid', '1492af1425695e48bf429b2d51f2ab45'],
      ['SUIT sequence number', 'uint64', '000000006b065326'],
      ['SUIT trust anchor', 'spki', '302a0102'],
      ['SUIT trust anchor', 'spki', '302a0304'],
    ]);
    assert.ok(rows.every(([description]) => isPolicy(description)));
  });

  it('is read as it was told, also in part', () => {
    assert.deepEqual(policyOf(told(policyInstances(policy))), policy);
    assert.deepEqual(policyOf(told(policyInstances({ trustAnchors: [], sequence: 0 }))), {
      trustAnchors: [],
      sequence: 0,
    });
    assert.deepEqual(policyOf([]), { trustAnchors: [] });
  });

  it('takes nothing else for it, and no length on trust', () => {
    assert.equal(isPolicy('notes'), false);
    assert.equal(isPolicy(undefined), false);
    const odd = [
      { description: 'notes', data: Uint8Array.of(1) },
      { description: undefined, data: Uint8Array.of(1) },
      { description: 'SUIT vendor id', data: new Uint8Array(15) },
      { description: 'SUIT class id', data: new Uint8Array() },
      { description: 'SUIT sequence number', data: Uint8Array.of(7) },
    ];
    assert.deepEqual(policyOf(odd), { trustAnchors: [] });
    const huge = [{ description: 'SUIT sequence number', data: new Uint8Array(8).fill(0xff) }];
    assert.deepEqual(policyOf(huge), { trustAnchors: [] });
  });
});
