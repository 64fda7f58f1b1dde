import type { CoapResponse } from './endpoint';
import { type CoapMessage, optionOf } from './message';
import { decodeUint } from './options';

/** A message as the response it is; `payload` replaces its own where it was put together from blocks. */
export function toResponse(message: CoapMessage, payload: Uint8Array = message.payload): CoapResponse {
  const contentFormat = uintOf(message, 'Content-Format');
  const maxAge = uintOf(message, 'Max-Age');
  const etag = optionOf(message, 'ETag');
  const location = message.options.filter(({ name }) => name === 'Location-Path');
  return {
    code: message.code,
    payload,
    ...(contentFormat !== undefined && { contentFormat }),
    ...(maxAge !== undefined && { maxAge }),
    ...(etag && { etag }),
    ...(location.length > 0 && {
      locationPath: location.map(({ value }) => `/${Buffer.from(value).toString('utf8')}`).join(''),
    }),
  };
}

/** Value of an option of format uint; undefined when it is absent or too long. */
export function uintOf(message: CoapMessage, name: Parameters<typeof optionOf>[1]): number | undefined {
  const value = optionOf(message, name);
  return value && decodeUint(value);
}
