import { SlipwayError } from '../../base/errors';
import { type Codec, parseResourcePath, singleValue } from './codec';

/** Opaque, Content-Format 42: the bytes of one Opaque resource as they are (LwM2M Core §7.4.2). */
export const opaqueCodec: Codec = {
  decode(path, payload) {
    parseResourcePath(path);
    return new Map([[path, Uint8Array.from(payload)]]);
  },
  encode(path, values) {
    parseResourcePath(path);
    const value = singleValue(path, values);
    if (!(value instanceof Uint8Array)) {
      throw new SlipwayError('lwm2m.bad-value', { path, reason: 'not a value of type opaque' });
    }
    return Uint8Array.from(value);
  },
};
