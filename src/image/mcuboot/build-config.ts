import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { McubootChoices } from './choices';
import { parseImageVersion } from './version';

/** Symbols of a Kconfig result that are set: `CONFIG_A=y` is `A` → `y`, texts without their quotes. */
export type Kconfig = ReadonlyMap<string, string>;

/** Reads a `.config` file; `# CONFIG_A is not set` is as good as absent. */
export function parseKconfig(text: string): Kconfig {
  const symbols = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^CONFIG_(\w+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    symbols.set(name, /^"(.*)"$/.exec(value)?.[1]?.replace(/\\(.)/g, '$1') ?? value);
  }
  return symbols;
}

/** What a Zephyr build knows: of the application, of the bootloader that sysbuild built beside it, and of the flash. */
export interface BuildFiles {
  readonly app: Kconfig;
  readonly bootloader?: Kconfig;
  /** The resolved devicetree as source, `zephyr.dts`. */
  readonly devicetree?: string;
}

/**
 * How images of that build are signed, as `west sign` takes it from the same files (Zephyr’s modules/Kconfig.mcuboot and
 * MCUboot’s boot/zephyr/Kconfig). Empty for a build that isn’t for MCUboot.
 * Errors: `mcuboot.version` for a version that no header holds.
 */
export function choicesOfBuild({ app, bootloader, devicetree }: BuildFiles): McubootChoices {
  if (!isSet(app, 'BOOTLOADER_MCUBOOT')) return {};
  const room = numberOf(app, 'ROM_START_OFFSET');
  const version = app.get('MCUBOOT_IMGTOOL_SIGN_VERSION');
  const slotSize = numberOf(app, 'FLASH_LOAD_SIZE');
  const alignment = /write-block-size\s*=\s*<\s*(0x[0-9a-f]+|\d+)\s*>/i.exec(devicetree ?? '')?.[1];
  const maxSectors = bootloader && numberOf(bootloader, 'BOOT_MAX_IMG_SECTORS');
  // nRF Connect SDK: the number, not one made of the version, is what the board’s counter is raised to.
  const counter = isSet(app, 'MCUBOOT_HARDWARE_DOWNGRADE_PREVENTION')
    ? numberOf(app, 'MCUBOOT_HW_DOWNGRADE_PREVENTION_COUNTER_VALUE')
    : undefined;
  const overwriteOnly =
    isSet(app, 'MCUBOOT_IMGTOOL_OVERWRITE_ONLY') ||
    isSet(app, 'MCUBOOT_BOOTLOADER_MODE_OVERWRITE_ONLY') ||
    isSet(bootloader, 'BOOT_UPGRADE_ONLY');
  return {
    ...(room !== undefined && room > 0 && { headerSize: room, padHeader: false }),
    ...(version !== undefined && version !== '' && { version: parseImageVersion(version) }),
    ...(slotSize !== undefined && slotSize > 0 && { slotSize }),
    ...(alignment !== undefined && { alignment: Number(alignment) }),
    ...(maxSectors !== undefined && { maxSectors }),
    ...(overwriteOnly && { overwriteOnly }),
    ...signatureOf(app, bootloader),
    ...(counter !== undefined && { securityCounter: counter }),
    ...(isSet(app, 'MCUBOOT_IMGTOOL_UUID_VID') && { vendor: app.get('MCUBOOT_IMGTOOL_UUID_VID_NAME') ?? '' }),
    ...(isSet(app, 'MCUBOOT_IMGTOOL_UUID_CID') && {
      imageClass: app.get('MCUBOOT_IMGTOOL_UUID_CID_NAME') ?? '',
    }),
    ...compressionOf(app, bootloader),
    ...encryptionOf(app, bootloader),
  };
}

function signatureOf(app: Kconfig, bootloader: Kconfig | undefined): McubootChoices {
  const pure =
    isSet(app, 'MCUBOOT_BOOTLOADER_SIGNATURE_TYPE_PURE') || isSet(bootloader, 'BOOT_SIGNATURE_TYPE_PURE');
  if (pure) return { isPure: true };
  const sha512 =
    isSet(app, 'MCUBOOT_BOOTLOADER_USES_SHA512') || isSet(bootloader, 'BOOT_IMG_HASH_ALG_SHA512');
  return sha512 ? { hashBits: 512 } : {};
}

function compressionOf(app: Kconfig, bootloader: Kconfig | undefined): McubootChoices {
  const compresses =
    isSet(app, 'MCUBOOT_COMPRESSED_IMAGE_SUPPORT_ENABLED') || isSet(bootloader, 'BOOT_DECOMPRESSION');
  if (!compresses) return {};
  return { compression: isSet(bootloader, 'NRF_COMPRESS_ARM_THUMB') ? 'lzma2-arm-thumb' : 'lzma2' };
}

function encryptionOf(app: Kconfig, bootloader: Kconfig | undefined): McubootChoices {
  const file = app.get('MCUBOOT_ENCRYPTION_KEY_FILE') ?? '';
  if (file === '') return {};
  const keyBits = isSet(bootloader, 'BOOT_ENCRYPT_ALG_AES_256') ? 256 : 128;
  return { encryptionKeyFile: file, encryptionKeyBits: keyBits };
}

/**
 * The files of the build that made `artifact` (`…/zephyr/zephyr.bin`); undefined where it is no Zephyr build’s. The
 * bootloader is in `…/mcuboot/zephyr` of the same sysbuild.
 */
export async function findBuildFiles(artifact: string): Promise<BuildFiles | undefined> {
  const folder = dirname(artifact);
  const config = await read(join(folder, '.config'));
  if (config === undefined) return undefined;
  const bootloader = await read(join(folder, '..', '..', 'mcuboot', 'zephyr', '.config'));
  const devicetree = await read(join(folder, 'zephyr.dts'));
  return {
    app: parseKconfig(config),
    ...(bootloader !== undefined && { bootloader: parseKconfig(bootloader) }),
    ...(devicetree !== undefined && { devicetree }),
  };
}

async function read(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

function isSet(config: Kconfig | undefined, symbol: string): boolean {
  return config?.get(symbol) === 'y';
}

function numberOf(config: Kconfig, symbol: string): number | undefined {
  const value = config.get(symbol);
  return value !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : undefined;
}
