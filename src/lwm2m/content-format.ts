import { SlipwayError } from '../base/errors';
import { cborCodec } from './formats/cbor';
import type { Codec } from './formats/codec';
import { decodeLwm2mCborPaths, encodeLwm2mCborPaths, lwm2mCborCodec } from './formats/lwm2m-cbor';
import { lwm2mJsonCodec } from './formats/lwm2m-json';
import { opaqueCodec } from './formats/opaque';
import { decodeSenmlCborPaths, encodeSenmlCborPaths, senmlCborCodec } from './formats/senml-cbor';
import { decodeSenmlJsonPaths, encodeSenmlJsonPaths, senmlJsonCodec } from './formats/senml-json';
import { textCodec } from './formats/text';
import { tlvCodec } from './formats/tlv';
import type { ResourceModel } from './objects/definition';
import { pathIds } from './path';
import type { ResourceValues } from './values';

/** CoAP Content-Format numbers of LwM2M (Core §7.4, IANA "CoAP Content-Formats"). */
export const ContentFormat = {
  text: 0,
  linkFormat: 40,
  opaque: 42,
  cbor: 60,
  senmlJson: 110,
  senmlCbor: 112,
  tlv: 11542,
  json: 11543,
  lwm2mCbor: 11544,
} as const;

const codecs: ReadonlyMap<number, Codec> = new Map([
  [ContentFormat.text, textCodec],
  [ContentFormat.opaque, opaqueCodec],
  [ContentFormat.cbor, cborCodec],
  [ContentFormat.senmlJson, senmlJsonCodec],
  [ContentFormat.senmlCbor, senmlCborCodec],
  [ContentFormat.tlv, tlvCodec],
  [ContentFormat.json, lwm2mJsonCodec],
  [ContentFormat.lwm2mCbor, lwm2mCborCodec],
]);

function codecOf(contentFormat: number): Codec {
  const codec = codecs.get(contentFormat);
  if (!codec) throw new SlipwayError('lwm2m.unsupported-format', { contentFormat });
  return codec;
}

/**
 * The values in a payload that belongs to `path` (without root path). Without a Content-Format the payload is
 * taken for text where `path` names a resource, else for TLV, as version 1.0 has it.
 * Throws `lwm2m.malformed`, `lwm2m.unsupported-format`.
 */
export function decodeContent(
  contentFormat: number | undefined,
  path: string,
  payload: Uint8Array,
  model: ResourceModel,
): ResourceValues {
  const isResource = (pathIds(path)?.length ?? 0) >= 3;
  const format = contentFormat ?? (isResource ? ContentFormat.text : ContentFormat.tlv);
  return codecOf(format).decode(path, payload, model);
}

/**
 * The payload that writes `values`, all at or below `path`.
 * Throws `lwm2m.bad-value`, `lwm2m.unsupported-format`.
 */
export function encodeContent(
  contentFormat: number,
  path: string,
  values: ResourceValues,
  model: ResourceModel,
): Uint8Array {
  return codecOf(contentFormat).encode(path, values, model);
}

interface PathsCodec {
  encode(paths: readonly string[]): Uint8Array;
  decode(payload: Uint8Array): readonly string[];
}

const pathsCodecs: ReadonlyMap<number, PathsCodec> = new Map([
  [ContentFormat.senmlJson, { encode: encodeSenmlJsonPaths, decode: decodeSenmlJsonPaths }],
  [ContentFormat.senmlCbor, { encode: encodeSenmlCborPaths, decode: decodeSenmlCborPaths }],
  [ContentFormat.lwm2mCbor, { encode: encodeLwm2mCborPaths, decode: decodeLwm2mCborPaths }],
]);

/** The list of paths that a Read-Composite or Observe-Composite carries (LwM2M Core §6.3.9). */
export function encodePaths(contentFormat: number, paths: readonly string[]): Uint8Array {
  return pathsCodecOf(contentFormat).encode(paths);
}

/** As `encodePaths` writes it. Throws `lwm2m.malformed`, `lwm2m.unsupported-format`. */
export function decodePaths(contentFormat: number | undefined, payload: Uint8Array): readonly string[] {
  return pathsCodecOf(contentFormat ?? ContentFormat.senmlCbor).decode(payload);
}

function pathsCodecOf(contentFormat: number): PathsCodec {
  const codec = pathsCodecs.get(contentFormat);
  if (!codec) throw new SlipwayError('lwm2m.unsupported-format', { contentFormat });
  return codec;
}
