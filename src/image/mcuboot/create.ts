import { createPublicKey } from 'node:crypto';
import { SlipwayError } from '../../base/errors';
import type { KeySigner } from '../../base/key-signer';
import { encodeBootRecord } from './boot-record';
import { compressBody } from './compression';
import { imageFlags, imageMagic, protectedTlvInfoMagic, tlvInfoMagic, tlvTypes } from './constants';
import { cryptBody, newContentKey, wrapContentKey } from './encryption';
import { type HashBits, hashTlvTypes, sha2 } from './hash';
import { encodeHeader } from './header';
import { checkOptions, hashBitsOf, type McubootOptions } from './options';
import { keyHashOf, publicKeyBytes } from './public-key';
import { sampleKeyName } from './sample-keys';
import { signImageRegion } from './signature';
import { encodeTlvArea, tlvAreaSize, type Tlv } from './tlv';
import { checkFits, padToSlot } from './trailer';
import { encodeImageVersion } from './version';

/**
 * Makes the image that `imgtool sign` (of MCUboot 2.2) makes, to the byte where nothing is random, and signs it.
 *
 * Errors: `mcuboot.already-signed`, `mcuboot.header-not-blank`, `mcuboot.option`, `mcuboot.encryption-key`,
 * `mcuboot.slot-overflow`, `mcuboot.sample-key`, and whatever the signer rejects with.
 */
export async function createMcubootImage(
  firmware: Uint8Array,
  options: McubootOptions,
  signer: KeySigner,
): Promise<Uint8Array> {
  checkOptions(options, signer.keyType);
  const { image, encryptedKeySize } = await new ImageMaker(options, signer).make(bodyOf(firmware, options));
  checkFits(options, image.length, encryptedKeySize);
  return options.padding === 'none' ? image : padToSlot(image, options, options.padding);
}

/** What follows the room for the header. */
function bodyOf(firmware: Uint8Array, { padHeader, headerSize }: McubootOptions): Uint8Array {
  const view = new DataView(firmware.buffer, firmware.byteOffset, firmware.byteLength);
  if (firmware.length >= 4 && view.getUint32(0, true) === imageMagic) {
    throw new SlipwayError('mcuboot.already-signed', {});
  }
  if (padHeader) return firmware;
  if (firmware.length <= headerSize || firmware.subarray(0, headerSize).some((byte) => byte !== 0)) {
    throw new SlipwayError('mcuboot.header-not-blank', { headerSize });
  }
  return firmware.subarray(headerSize);
}

interface MadeImage {
  readonly image: Uint8Array;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  /** What the trailer keeps of each key; 0 without encryption. */
  readonly encryptedKeySize: number;
}

interface BodyForm {
  readonly body: Uint8Array;
  readonly flags: number;
  readonly compressionTlvs: readonly Tlv[];
  readonly encrypts: boolean;
}

class ImageMaker {
  private readonly hashBits: HashBits;
  private readonly keyBytes: Uint8Array;
  private readonly keyHash: Uint8Array;

  constructor(
    private readonly options: McubootOptions,
    private readonly signer: KeySigner,
  ) {
    this.hashBits = hashBitsOf(options, signer.keyType);
    const key = createPublicKey(signer.publicKeyPem);
    this.keyBytes = publicKeyBytes(key);
    this.keyHash = keyHashOf(key, this.hashBits);
    const sample = sampleKeyName(keyHashOf(key, 256));
    if (sample !== undefined && !options.allowsSampleKey) {
      throw new SlipwayError('mcuboot.sample-key', { sample });
    }
  }

  async make(body: Uint8Array): Promise<MadeImage> {
    const plain: BodyForm = { body, flags: 0, compressionTlvs: [], encrypts: true };
    const { compression } = this.options;
    if (compression === 'none') return await this.assemble(plain);

    // The image as it is once decompressed, which MCUboot checks again, by its own hash and signature.
    const inner = await this.assemble({ ...plain, encrypts: false });
    const compressed = compressBody(body, compression);
    const tlvs: Tlv[] = [
      { type: tlvTypes.decompressedSize, value: u32(body.length) },
      { type: tlvTypes.decompressedHash, value: inner.digest },
      { type: tlvTypes.decompressedSignature, value: inner.signature },
    ];
    const cost = tlvs.reduce((sum, { value }) => sum + value.length, compressed.length);
    // Not worth it: imgtool, too, goes on without.
    if (cost >= body.length) return await this.assemble(plain);
    if (this.options.encryption) tlvs.push({ type: tlvTypes.compressedSize, value: u32(compressed.length) });
    const filter = compression === 'lzma2-arm-thumb' ? imageFlags.compressedArmThumb : 0;
    const flags = imageFlags.compressedLzma2 | filter;
    return await this.assemble({ body: compressed, flags, compressionTlvs: tlvs, encrypts: true });
  }

  private async assemble(form: BodyForm): Promise<MadeImage> {
    const { options, hashBits, signer } = this;
    const encryption = form.encrypts ? options.encryption : undefined;
    const body = encryption ? padTo16(form.body, options.headerSize) : form.body;
    const protectedTlvs = this.protectedTlvs(form.compressionTlvs);
    const room = new Uint8Array(options.headerSize).fill(options.padHeader ? options.erasedValue : 0);
    room.set(this.header(body.length, tlvAreaSize(protectedTlvs), form.flags));
    const protectedArea = encodeTlvArea(protectedTlvInfoMagic, protectedTlvs);

    const region = concat(room, body, protectedArea);
    const digest = sha2(hashBits, region);
    const { isPure, publicKeyFormat } = options;
    const signature = await signImageRegion(signer, { region, digest, isPure });
    const tlvs: Tlv[] = [{ type: hashTlvTypes[hashBits], value: digest }];
    if (isPure) tlvs.push({ type: tlvTypes.pureSignature, value: Uint8Array.of(1) });
    tlvs.push(
      publicKeyFormat === 'hash'
        ? { type: tlvTypes.keyHash, value: this.keyHash }
        : { type: tlvTypes.publicKey, value: this.keyBytes },
      signature,
    );
    let stored = body;
    let encryptedKeySize = 0;
    if (encryption) {
      const contentKey = newContentKey(encryption.keyBits);
      const wrapped = wrapContentKey(encryption, contentKey);
      tlvs.push(wrapped);
      // 16 for longer keys as well: that is what the bootloader’s own arithmetic reserves.
      encryptedKeySize = encryption.savesTlv ? wrapped.value.length : 16;
      if (!encryption.leavesPlain) stored = cryptBody(body, contentKey);
    }
    const image = concat(room, stored, protectedArea, encodeTlvArea(tlvInfoMagic, tlvs));
    return { image, digest, signature: signature.value, encryptedKeySize };
  }

  private header(imageSize: number, protectedTlvSize: number, bodyFlags: number): Uint8Array {
    const { loadAddress, romFixed, headerSize, version, nonBootable, encryption } = this.options;
    let flags = bodyFlags;
    if (encryption) {
      flags |= encryption.keyBits === 256 ? imageFlags.encryptedAes256 : imageFlags.encryptedAes128;
    }
    if (loadAddress !== undefined) flags |= imageFlags.ramLoad;
    if (romFixed !== undefined) flags |= imageFlags.romFixed;
    if (nonBootable) flags |= imageFlags.nonBootable;
    const address = romFixed ?? loadAddress ?? 0;
    return encodeHeader({ loadAddress: address, headerSize, protectedTlvSize, imageSize, flags, version });
  }

  private protectedTlvs(compressionTlvs: readonly Tlv[]): readonly Tlv[] {
    const { securityCounter, bootRecord, version, dependencies, vendorId, classId, customTlvs } =
      this.options;
    const tlvs: Tlv[] = [];
    if (securityCounter !== undefined) {
      tlvs.push({ type: tlvTypes.securityCounter, value: u32(securityCounter) });
    }
    if (bootRecord !== undefined) {
      const value = encodeBootRecord(bootRecord, version, this.keyHash, this.hashBits);
      tlvs.push({ type: tlvTypes.bootRecord, value });
    }
    for (const dependency of dependencies) {
      const value = concat(Uint8Array.of(dependency.image, 0, 0, 0), encodeImageVersion(dependency.version));
      tlvs.push({ type: tlvTypes.dependency, value });
    }
    tlvs.push(...compressionTlvs);
    if (vendorId) tlvs.push({ type: tlvTypes.vendorId, value: vendorId });
    if (classId) tlvs.push({ type: tlvTypes.classId, value: classId });
    return [...tlvs, ...customTlvs];
  }
}

/** An encrypted image is a multiple of 16 bytes up to its body's end, in zeros. */
function padTo16(body: Uint8Array, headerSize: number): Uint8Array {
  const rest = (headerSize + body.length) % 16;
  return rest === 0 ? body : concat(body, new Uint8Array(16 - rest));
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
