import { type Command, InvalidArgumentError, Option } from 'commander';
import { fromHex } from '../base/hex';
import type { McubootChoices } from '../image/mcuboot/choices';
import type { Dependency } from '../image/mcuboot/options';
import type { Tlv } from '../image/mcuboot/tlv';
import { parseImageVersion } from '../image/mcuboot/version';

/** What `withMcubootOptions` yields. */
export interface McubootCommandOptions {
  readonly headerSize?: number;
  readonly padHeader?: boolean;
  readonly slotSize?: number;
  readonly align?: number;
  readonly maxAlign?: number;
  readonly maxSectors?: number;
  readonly overwriteOnly?: true;
  readonly pad?: true;
  readonly confirm?: true;
  readonly erasedValue?: number;
  readonly loadAddress?: number;
  readonly romFixed?: number;
  readonly nonBootable?: true;
  readonly securityCounter?: number | 'auto';
  readonly depends?: readonly Dependency[];
  readonly bootRecord?: string;
  readonly vid?: string;
  readonly cid?: string;
  readonly tlv?: readonly Tlv[];
  readonly publicKey?: 'hash' | 'full';
  readonly hash?: '256' | '384' | '512';
  readonly pure?: true;
  readonly compress?: 'none' | 'lzma2' | 'lzma2-arm-thumb';
  readonly encryptFor?: string;
  readonly encryptBits?: '128' | '256';
  readonly encryptHmac?: '256' | '512';
  readonly clear?: true;
  readonly saveEnctlv?: true;
  readonly allowSampleKeys?: true;
}

/** Adds the options of MCUboot images. What they leave open, the Zephyr build beside the firmware decides. */
export function withMcubootOptions(command: Command): Command {
  const add = (flags: string, description: string): Option => {
    const option = new Option(flags, description).helpGroup(
      'MCUboot images (default: as the Zephyr build says):',
    );
    command.addOption(option);
    return option;
  };
  add('--header-size <bytes>', 'room before the body (default: 0x200)').argParser(u32);
  add('--pad-header', 'put that room before the firmware');
  add('--no-pad-header', 'the firmware begins with that room');
  add('--slot-size <bytes>', 'size of the slot that it has to fit').argParser(u32);
  add('--align <bytes>', 'smallest write: 1, 2, 4, 8, 16 or 32').argParser(u32);
  add('--max-align <bytes>', 'the largest of both slots: 8, 16 or 32').argParser(u32);
  add('--max-sectors <number>', 'sectors of a slot (default: 128)').argParser(u32);
  add('--overwrite-only', 'the bootloader copies instead of swapping');
  add('--pad', 'fill the slot, with the trailer for a test swap');
  add('--confirm', 'fill the slot, with the trailer of a confirmed image');
  add('--erased-value <byte>', 'what erased flash reads as: 0 or 0xff').argParser(u32);
  add('--load-address <address>', 'where in RAM it is loaded to').argParser(u32);
  add('--rom-fixed <address>', 'the slot that it is linked for').argParser(u32);
  add('--non-bootable', 'it is not to be started');
  add('--security-counter <number>', 'number, or auto: made of the version').argParser(counter);
  add('--depends <image:version>', 'another image it needs; repeatable').argParser(dependency);
  add('--boot-record <role>', 'role in attestation, e.g. NSPE');
  add('--vid <uuid>', 'vendor, a UUID or the domain that one is made of');
  add('--cid <uuid>', 'class, a UUID or the name that one is made of');
  add('--tlv <type=hex>', 'a TLV of your own, protected; repeatable').argParser(customTlv);
  add('--public-key <form>', 'key in the image').choices(['hash', 'full']);
  add('--hash <bits>', 'SHA-2 of the image').choices(['256', '384', '512']);
  add('--pure', 'Ed25519 signs the image, not its hash');
  add('--compress <how>', 'compression of the body').choices(['none', 'lzma2', 'lzma2-arm-thumb']);
  add('--encrypt-for <pem>', 'file of the bootloader’s public key');
  add('--encrypt-bits <bits>', 'AES key (default: 128)').choices(['128', '256']);
  add('--encrypt-hmac <bits>', 'HMAC and HKDF (default: 256)').choices(['256', '512']);
  add('--clear', 'leave the body in plain text, to be encrypted when it is swapped out');
  add('--save-enctlv', 'the bootloader keeps the encrypted key in the trailer');
  add('--allow-sample-keys', 'sign even with a key that MCUboot publishes');
  return command;
}

/** What was said on the command line, and no more. Errors: `mcuboot.version`. */
export function mcubootChoices(options: McubootCommandOptions, version: string | undefined): McubootChoices {
  const { confirm, pad, encryptBits, encryptHmac, hash } = options;
  const padding = confirm ? 'confirmed' : pad && 'padded';
  return defined({
    version: version === undefined ? undefined : parseImageVersion(version),
    headerSize: options.headerSize,
    padHeader: options.padHeader,
    padding,
    slotSize: options.slotSize,
    alignment: options.align,
    maxAlignment: options.maxAlign,
    maxSectors: options.maxSectors,
    overwriteOnly: options.overwriteOnly,
    erasedValue: options.erasedValue,
    loadAddress: options.loadAddress,
    romFixed: options.romFixed,
    nonBootable: options.nonBootable,
    securityCounter: options.securityCounter,
    dependencies: options.depends,
    bootRecord: options.bootRecord,
    vendor: options.vid,
    imageClass: options.cid,
    customTlvs: options.tlv,
    publicKeyFormat: options.publicKey,
    hashBits: hash === undefined ? undefined : (Number(hash) as 256 | 384 | 512),
    isPure: options.pure,
    compression: options.compress,
    encryptionKeyFile: options.encryptFor,
    encryptionKeyBits: encryptBits === undefined ? undefined : (Number(encryptBits) as 128 | 256),
    encryptionHmacBits: encryptHmac === undefined ? undefined : (Number(encryptHmac) as 256 | 512),
    leavesPlain: options.clear,
    savesEncryptionTlv: options.saveEnctlv,
    allowsSampleKey: options.allowSampleKeys,
  });
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function u32(text: string): number {
  const value = Number(text);
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text) || value > 0xffff_ffff) {
    throw new InvalidArgumentError('It must be a number of 32 bits, decimal or 0x…');
  }
  return value;
}

function counter(text: string): number | 'auto' {
  return text === 'auto' ? 'auto' : u32(text);
}

function dependency(text: string, before: readonly Dependency[] | undefined): readonly Dependency[] {
  const [, image, version] = /^(\d+):(.+)$/.exec(text) ?? [];
  if (image === undefined || version === undefined) throw new InvalidArgumentError('It must be like 1:2.0.0');
  return [...(before ?? []), { image: Number(image), version: parseImageVersion(version) }];
}

function customTlv(text: string, before: readonly Tlv[] | undefined): readonly Tlv[] {
  const [, type, hex] = /^(0x[0-9a-f]+|\d+)=([0-9a-f]*)$/i.exec(text) ?? [];
  if (type === undefined || hex === undefined || hex.length % 2 !== 0) {
    throw new InvalidArgumentError('It must be like 0xa0=0102ff');
  }
  return [...(before ?? []), { type: Number(type), value: fromHex(hex) }];
}
