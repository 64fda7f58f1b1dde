import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUuid, uuid5, uuidNamespaceDns } from '../../../../src/base/uuid';
import { encodeAppInfo } from '../../../../src/image/app-info';
import { choicesOfBuild, parseKconfig } from '../../../../src/image/mcuboot/build-config';
import { resolveMcubootOptions } from '../../../../src/image/mcuboot/choices';
import { imageUuids } from '../../../../src/image/mcuboot/uuids';
import { formatImageVersion, parseImageVersion } from '../../../../src/image/mcuboot/version';
import { readImage } from '../../../../src/image/read-image';
import { sharedSigner } from './signers';

const appConfig = `
CONFIG_BOOTLOADER_MCUBOOT=y
CONFIG_ROM_START_OFFSET=0x200
CONFIG_FLASH_LOAD_SIZE=0x76000
CONFIG_MCUBOOT_IMGTOOL_SIGN_VERSION="1.4.2+7"
# CONFIG_MCUBOOT_IMGTOOL_OVERWRITE_ONLY is not set
CONFIG_MCUBOOT_ENCRYPTION_KEY_FILE="enc.pem"
CONFIG_NAME="with \\"quotes\\""
`;
const bootConfig =
  'CONFIG_BOOT_MAX_IMG_SECTORS=256\r\nCONFIG_BOOT_SIGNATURE_TYPE_PURE=y\r\nCONFIG_BOOT_DECOMPRESSION=y\r\n';
const devicetree = 'flash0: flash@0 { erase-block-size = < 0x1000 >; write-block-size = < 0x8 >; };';

describe('what a Zephyr build says of its image', () => {
  it('is read from Kconfig', () => {
    const config = parseKconfig(appConfig);
    assert.equal(config.get('NAME'), 'with "quotes"');
    assert.equal(config.has('MCUBOOT_IMGTOOL_OVERWRITE_ONLY'), false);
  });

  it('is header, slot, version, sectors, writes, signature, compression and encryption', () => {
    const build = { app: parseKconfig(appConfig), bootloader: parseKconfig(bootConfig), devicetree };
    assert.deepEqual(choicesOfBuild(build), {
      headerSize: 0x200,
      padHeader: false,
      version: parseImageVersion('1.4.2+7'),
      slotSize: 0x76000,
      alignment: 8,
      maxSectors: 256,
      isPure: true,
      compression: 'lzma2',
      encryptionKeyFile: 'enc.pem',
      encryptionKeyBits: 128,
    });
    const app = parseKconfig(
      [
        ...[
          'BOOTLOADER_MCUBOOT=y',
          'MCUBOOT_BOOTLOADER_MODE_OVERWRITE_ONLY=y',
          'MCUBOOT_BOOTLOADER_USES_SHA512=y',
        ],
        ...['MCUBOOT_HARDWARE_DOWNGRADE_PREVENTION=y', 'MCUBOOT_HW_DOWNGRADE_PREVENTION_COUNTER_VALUE=5'],
        ...['MCUBOOT_IMGTOOL_UUID_VID=y', 'MCUBOOT_IMGTOOL_UUID_VID_NAME="example.com"'],
        ...['MCUBOOT_IMGTOOL_UUID_CID=y', 'MCUBOOT_IMGTOOL_UUID_CID_NAME="sensor"'],
      ]
        .map((line) => `CONFIG_${line}`)
        .join('\n'),
    );
    assert.deepEqual(choicesOfBuild({ app }), {
      overwriteOnly: true,
      hashBits: 512,
      securityCounter: 5,
      vendor: 'example.com',
      imageClass: 'sensor',
    });
  });

  it('is nothing where the build is not for MCUboot, and refused where no header holds the version', () => {
    assert.deepEqual(choicesOfBuild({ app: parseKconfig('CONFIG_ROM_START_OFFSET=0x200') }), {});
    const app = parseKconfig('CONFIG_BOOTLOADER_MCUBOOT=y\nCONFIG_MCUBOOT_IMGTOOL_SIGN_VERSION="1.2.99999"');
    assert.throws(() => choicesOfBuild({ app }), { code: 'mcuboot.version' });
  });
});

describe('vendor and class of an image', () => {
  it('are UUIDs, or made of names as imgtool makes them', () => {
    const { vendorId, classId } = imageUuids('example.com', 'sensor');
    assert.deepEqual(vendorId, uuid5(uuidNamespaceDns, 'example.com'));
    assert.deepEqual(classId, uuid5(vendorId, 'sensor'));
    const text = '2ed6657d-e927-568b-95e1-2665a8aea6a2';
    assert.deepEqual(imageUuids(undefined, text), { classId: parseUuid(text) });
    assert.deepEqual(imageUuids(undefined, undefined), {});
    assert.throws(() => imageUuids(undefined, 'sensor'), { code: 'mcuboot.option' });
  });
});

describe('the options of an image', () => {
  let folder: string;
  let file: string;
  const image = readImage('zephyr.bin', Buffer.alloc(1000, 1));
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-zephyr-'));
    for (const part of ['app', 'mcuboot']) await mkdir(join(folder, part, 'zephyr'), { recursive: true });
    file = join(folder, 'app', 'zephyr', 'zephyr.bin');
    await writeFile(join(folder, 'app', 'zephyr', '.config'), appConfig);
    await writeFile(join(folder, 'app', 'zephyr', 'zephyr.dts'), devicetree);
    await writeFile(join(folder, 'app', 'zephyr', 'enc.pem'), sharedSigner('P-256').publicKeyPem);
    await writeFile(join(folder, 'mcuboot', 'zephyr', '.config'), bootConfig);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('come from the build beside the file, unless somebody says otherwise', async () => {
    const options = await resolveMcubootOptions(file, image, {});
    assert.equal(formatImageVersion(options.version), '1.4.2+7');
    assert.deepEqual(
      [options.alignment, options.maxSectors, options.padHeader, options.isPure, options.encryption?.keyBits],
      [8, 256, false, true, 128],
    );
    const given = {
      alignment: 16,
      isPure: false,
      version: parseImageVersion('9'),
      securityCounter: 'auto',
    } as const;
    const other = await resolveMcubootOptions(file, image, given);
    assert.deepEqual(
      [other.alignment, other.maxAlignment, other.isPure, other.securityCounter],
      [16, 16, false, 9 << 24],
    );
  });

  it('have the version that the firmware says, or none is made', async () => {
    const elsewhere = join(folder, 'firmware.bin');
    const described = readImage('x', Buffer.from(encodeAppInfo({ version: '3.2.1', banner: '' })));
    assert.equal(
      formatImageVersion((await resolveMcubootOptions(elsewhere, described, {})).version),
      '3.2.1+0',
    );
    await assert.rejects(resolveMcubootOptions(elsewhere, image, {}), {
      code: 'mcuboot.option',
      details: { option: 'version', reason: 'the firmware does not say it, and nobody set it' },
    });
  });

  it('need the key that they are to be encrypted for', async () => {
    await rm(join(folder, 'app', 'zephyr', 'enc.pem'));
    await assert.rejects(resolveMcubootOptions(file, image, {}), { code: 'key.not-found' });
    await writeFile(join(folder, 'app', 'zephyr', 'enc.pem'), 'nonsense');
    await assert.rejects(resolveMcubootOptions(file, image, {}), { code: 'key.unreadable' });
  });
});
