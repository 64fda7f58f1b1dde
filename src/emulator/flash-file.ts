import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { SlipwayError } from '../base/errors';
import { type Provisioning, encodeProvisioning, factoryDigestOf, provisioningSize } from './provisioning';

/** What the board's owner decides; the digest follows from the factory image. */
export type BoardIdentity = Omit<Provisioning, 'factoryDigest'>;

/** The whole flash: the machine's PSRAM. */
export const flashSize = 16 * 1024 * 1024;

/** Where things lie, as `test/board/storage/flash_map.h` has it. */
const slotA = 0;
const slotCapacity = 0x10_0000 - 16;
const provisioningOffset = 0xf1_0000;

/** Header of a slot (`test/board/storage/slot.c`) whose content is the factory's image. */
const slotMagic = 0x544f4c53;
const factoryKind = 2;

/**
 * Makes a flash as it leaves the factory: the image in slot A, nothing else but the identity. Replaces the one before
 * in one step. Throws `image.too-large` and `emulator.flash`.
 */
export async function makeFlash(
  file: string,
  factoryImage: Uint8Array,
  identity: BoardIdentity,
): Promise<void> {
  const { length } = factoryImage;
  if (length > slotCapacity) {
    throw new SlipwayError('image.too-large', { file, bytes: length, limit: slotCapacity });
  }
  const header = Buffer.alloc(16);
  header.writeUInt32LE(slotMagic, 0);
  header.writeUInt32LE(factoryKind, 4);
  header.writeUInt32LE(length, 8);
  header.writeUInt32LE(crc32(header.subarray(0, 12)), 12);
  const factoryDigest = createHash('sha256').update(factoryImage).digest();
  const temporary = `${file}.new`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(temporary, 'w');
    try {
      await handle.truncate(flashSize);
      await handle.write(Buffer.concat([header, factoryImage]), 0, undefined, slotA);
      await handle.write(
        encodeProvisioning({ ...identity, factoryDigest }),
        0,
        undefined,
        provisioningOffset,
      );
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw flashError(file, error);
  }
}

/**
 * Writes a new identity into a flash; what the board runs stays. False when there is no flash of a board in that file,
 * which is left as it is. Throws `emulator.flash`.
 */
export async function provisionFlash(file: string, identity: BoardIdentity): Promise<boolean> {
  try {
    const handle = await open(file, 'r+');
    try {
      const { size } = await handle.stat();
      const { buffer } = await handle.read(
        Buffer.alloc(provisioningSize),
        0,
        provisioningSize,
        provisioningOffset,
      );
      const factoryDigest = factoryDigestOf(buffer);
      if (size !== flashSize || !factoryDigest) return false;
      await handle.write(
        encodeProvisioning({ ...identity, factoryDigest }),
        0,
        undefined,
        provisioningOffset,
      );
      return true;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw flashError(file, error);
  }
}

function flashError(file: string, cause: unknown): SlipwayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SlipwayError('emulator.flash', { file, reason }, { cause });
}
