import { SlipwayError } from '../../base/errors';
import { toHex } from '../../base/hex';
import type { InspectionField } from '../inspection';
import { imageHeaderSize, imageMagic, tlvTypes } from './constants';
import { decodeHeader, type ImageHeader } from './header';
import { flagsText, tlvName } from './names';
import { isCompressed, isEncrypted, type ParsedImage } from './parse';
import { sampleKeyName } from './sample-keys';
import type { PlacedTlv, TlvArea } from './tlv';
import { decodeTrailer, imageOkOffset } from './trailer';
import { decodeImageVersion, formatImageVersion } from './version';

/** The fields of an image; of one that couldn't be parsed as much as its header. */
export function imageFields(bytes: Uint8Array, image: ParsedImage | undefined): readonly InspectionField[] {
  if (!image) {
    try {
      return [headerField(decodeHeader(bytes))];
    } catch (error) {
      if (SlipwayError.is(error)) return [];
      throw error;
    }
  }
  const { header, protectedTlvs, tlvs } = image;
  const fields = [headerField(header), roomField(header), bodyField(header)];
  if (protectedTlvs) fields.push(areaField('protected TLVs', protectedTlvs));
  fields.push(areaField('TLVs', tlvs));
  const tail = tailField(image);
  return [...fields, ...(tail ? [tail] : [])].filter((field) => field.at!.length > 0);
}

function headerField(header: ImageHeader): InspectionField {
  return {
    name: 'image_header',
    value: formatImageVersion(header.version),
    at: { offset: 0, length: imageHeaderSize },
    children: [
      field('ih_magic', hex(imageMagic), 0, 4),
      field('ih_load_addr', hex(header.loadAddress), 4, 4),
      field('ih_hdr_size', bytesIn(header.headerSize), 8, 2),
      field('ih_protect_tlv_size', bytesIn(header.protectedTlvSize), 10, 2),
      field('ih_img_size', bytesIn(header.imageSize), 12, 4),
      field('ih_flags', flagsText(header.flags), 16, 4),
      field('ih_ver', formatImageVersion(header.version), 20, 8),
    ],
  };
}

function roomField({ headerSize }: ImageHeader): InspectionField {
  const length = headerSize - imageHeaderSize;
  return field('room before the body', bytesIn(length), imageHeaderSize, length);
}

function bodyField(header: ImageHeader): InspectionField {
  const how = [isCompressed(header) && 'compressed', isEncrypted(header) && 'encrypted'].filter(Boolean);
  const value = [bytesIn(header.imageSize), ...how].join(', ');
  return field('body', value, header.headerSize, header.imageSize);
}

function areaField(name: string, { offset, size, tlvs }: TlvArea): InspectionField {
  return {
    name,
    value: `${tlvs.length} ${tlvs.length === 1 ? 'record' : 'records'}, ${bytesIn(size)}`,
    at: { offset, length: size },
    children: tlvs.map((tlv) => field(tlvName(tlv.type), tlvValue(tlv), tlv.offset, tlv.value.length + 4)),
  };
}

function tlvValue({ type, value }: PlacedTlv): string {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  switch (type) {
    case tlvTypes.keyHash: {
      const sample = sampleKeyName(value);
      return sample === undefined ? toHex(value) : `${toHex(value)} (MCUboot’s sample key ${sample})`;
    }
    case tlvTypes.securityCounter:
      return value.length === 4 ? String(view.getUint32(0, true)) : toHex(value);
    case tlvTypes.decompressedSize:
    case tlvTypes.compressedSize:
      return value.length === 4 ? bytesIn(view.getUint32(0, true)) : toHex(value);
    case tlvTypes.dependency:
      if (value.length !== 12) return toHex(value);
      return `image ${value[0]!} from ${formatImageVersion(decodeImageVersion(value.subarray(4)))} on`;
    case tlvTypes.pureSignature:
      return 'the signature is over the image, not its digest';
    default:
      return toHex(value);
  }
}

function tailField({ bytes, end }: ParsedImage): InspectionField | undefined {
  const length = bytes.length - end;
  const trailer = decodeTrailer(bytes, end);
  if (!trailer) return length > 0 ? field('unknown bytes', bytesIn(length), end, length) : undefined;
  const { maxAlignment, offset } = trailer;
  const imageOk = imageOkOffset(bytes.length, maxAlignment);
  return {
    name: 'padding and trailer',
    value: trailer.imageOk === 1 ? 'confirmed' : 'to be swapped in for a test',
    at: { offset: end, length },
    children: [
      field('swap_info', flagText(trailer.swapInfo), imageOk - 2 * maxAlignment, 1),
      field('copy_done', flagText(trailer.copyDone), imageOk - maxAlignment, 1),
      field('image_ok', flagText(trailer.imageOk), imageOk, 1),
      field('magic', `for an alignment of ${maxAlignment}`, offset, 16),
    ],
  };
}

function field(name: string, value: string, offset: number, length: number): InspectionField {
  return { name, value, at: { offset, length } };
}

function flagText(value: number): string {
  return value === 1 ? 'set' : `not set (${hex(value)})`;
}

function bytesIn(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
