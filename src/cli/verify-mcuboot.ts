import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readKeyFile } from '../image/mcuboot/key-file';
import { verifyMcubootImage } from '../image/mcuboot/verify';
import { bytesText } from '../ui/quantities';
import type { Output } from './output';

export interface VerifyMcubootOptions {
  readonly minCounter?: number;
  readonly decryptWith?: string;
  readonly allowSampleKeys?: true;
}

/** Checks an MCUboot image as a bootloader does, and says what it holds. Errors as `verifyMcubootImage`. */
export async function verifyMcuboot(
  output: Output,
  file: string,
  bytes: Uint8Array,
  trustedKeys: readonly KeyObject[],
  options: VerifyMcubootOptions,
): Promise<void> {
  const { minCounter, decryptWith, allowSampleKeys } = options;
  const verified = verifyMcubootImage(bytes, {
    trustedKeys,
    ...(minCounter !== undefined && { minimumSecurityCounter: minCounter }),
    ...(decryptWith !== undefined && { decryptionKey: await readPrivateKey(decryptWith) }),
    ...(allowSampleKeys && { allowsSampleKey: true }),
  });
  const { firmware, ...facts } = verified;
  const counter = facts.securityCounter === undefined ? '' : `, security counter ${facts.securityCounter}`;
  output.print(
    `${file}: good. Signed by key ${facts.keyHash.slice(0, 16)} (${facts.keyType}), version ${facts.version}` +
      `${counter}, firmware of ${bytesText(firmware.length)}`,
  );
  output.event({ type: 'verified', file, format: 'mcuboot', ...facts, payloadBytes: firmware.length });
}

/** An unencrypted private key; the one of an HSM never gets here. Errors: `key.not-found`, `key.unreadable`. */
export async function readPrivateKey(file: string): Promise<KeyObject> {
  return await readKeyFile(file, createPrivateKey, 'not an open PEM private key');
}
