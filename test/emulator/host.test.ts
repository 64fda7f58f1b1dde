import assert from 'node:assert/strict';
import { createHash, createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPatch } from '../../src/image/delta/create-patch';
import { encodeProvisioning } from '../../src/emulator/provisioning';
import { verifyEnvelope } from '../../src/manifest/suit-verify';
import { classId, vendorId } from '../unit/integration/desk';
import { sharedProject } from './firmware';

describe('the portable parts of the board’s firmware', function () {
  this.timeout(600_000);
  const project = sharedProject();

  it('pass their own tests and fuzzing on this machine', async () => {
    const [, passed] = /^(\d+) tests passed, 0 failed$/m.exec(await project().check()) ?? [];
    assert.ok(Number(passed) > 0, 'tests were run');
  });

  it('are tested with bytes that are Slipway’s own', async () => {
    const golden = await readGolden(join(project().folder, 'host', 'golden.h'));
    const key = golden('PROVISIONING').subarray(16, 80);
    const [x, y] = [key.subarray(0, 32), key.subarray(32)].map((half) => half.toString('base64url'));
    const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const keyId = createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');
    const anchor = { keyId, algorithm: 'ESP256', publicKeyPem } as const;
    const page = encodeProvisioning({
      trustAnchors: [anchor],
      vendorId,
      classId,
      endpoint: 'host-board',
      confirmSeconds: 60,
      factoryDigest: createHash('sha256').update('the image that the factory wrote').digest(),
    });
    assert.equal(golden('PROVISIONING').toString('hex'), Buffer.from(page).toString('hex'));
    for (const name of ['PACKAGE', 'PACKAGE_WITH_TEXT']) {
      const verified = verifyEnvelope(golden(name), { trustAnchors: [anchor], vendorId, classId });
      assert.equal(verified.sequence, 7);
    }
    const running = Buffer.from('the image that the factory wrote');
    const patched = verifyEnvelope(golden('PATCH_PACKAGE'), {
      trustAnchors: [anchor],
      vendorId,
      classId,
      running,
    });
    assert.equal(patched.sequence, 8);
    const whole = verifyEnvelope(golden('PACKAGE'), { trustAnchors: [anchor] });
    assert.equal(patched.payloadSha256, whole.payloadSha256);
    // As host/delta_test.c makes them.
    const base = Uint8Array.from({ length: 2000 }, (_, i) => (i * 7 + (i >> 4) * 13) & 0xff);
    const result = Buffer.concat([base.subarray(100, 1500), Buffer.from('new bytes'), base.subarray(0, 700)]);
    result[50]! ^= 0x55;
    assert.deepEqual(golden('PATCH'), Buffer.from(createPatch(base, result)));
  });
});

/** The bytes behind `#define GOLDEN_NAME`, written in hexadecimal over several lines. */
async function readGolden(file: string): Promise<(name: string) => Buffer> {
  const text = await readFile(file, 'utf8');
  return (name) => {
    const definition = new RegExp(
      String.raw`#define GOLDEN_${name} \\\n((?:\s+"[0-9a-f]+"(?: \\)?\n)+)`,
    ).exec(text);
    assert.ok(definition, `golden.h has no ${name}`);
    return Buffer.from(definition[1]!.replaceAll(/[^0-9a-f]/g, ''), 'hex');
  };
}
