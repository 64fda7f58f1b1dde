import type { CoapReply } from './endpoint';
import type { CoapOption } from './message';
import { encodeUint } from './options';

/** The options that a reply asks for, without those of block-wise transfer and observation. */
export function replyOptions({ contentFormat, locationPath, maxAge }: CoapReply): CoapOption[] {
  return [
    ...(contentFormat === undefined ? [] : [{ name: 'Content-Format', value: encodeUint(contentFormat) }]),
    ...(maxAge === undefined ? [] : [{ name: 'Max-Age', value: encodeUint(maxAge) }]),
    ...(locationPath === undefined
      ? []
      : locationPath
          .split('/')
          .filter((segment) => segment !== '')
          .map((segment) => ({ name: 'Location-Path', value: Buffer.from(segment, 'utf8') }))),
  ];
}
