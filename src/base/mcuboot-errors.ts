/** What goes wrong with MCUboot images. */
export interface McubootErrorDetails {
  /** Not to be read as a version, or one of its parts is over its limit. */
  'mcuboot.version': { readonly version: string; readonly part?: string; readonly limit: string };
  'mcuboot.option': { readonly option: string; readonly reason: string };
  'mcuboot.already-signed': Record<string, never>;
  'mcuboot.header-not-blank': { readonly headerSize: number };
  'mcuboot.slot-overflow': {
    readonly bytes: number;
    readonly trailer: number;
    readonly slot: number;
    readonly over: number;
  };
  'mcuboot.encryption-key': { readonly kind: string; readonly reason: string };
  /** A key in MCUboot's repository; `sample` is its file there. */
  'mcuboot.sample-key': { readonly sample: string };
  'mcuboot.key-type': { readonly kind: string };
  'mcuboot.malformed': { readonly reason: string };
  /** `end` is where that part ends by its length. */
  'mcuboot.truncated': { readonly what: string; readonly end: number; readonly bytes: number };
  'mcuboot.trailing-bytes': { readonly bytes: number };
  'mcuboot.no-hash': Record<string, never>;
  'mcuboot.hash-mismatch': Record<string, never>;
  'mcuboot.unsigned': Record<string, never>;
  'mcuboot.untrusted-key': { readonly keyHash?: string };
  'mcuboot.bad-signature': { readonly keyHash: string };
  'mcuboot.algorithm-mismatch': { readonly algorithm: string; readonly keyType: string };
  'mcuboot.counter-too-low': { readonly counter: number; readonly minimum: number };
  /** What can't be told without the key to decrypt with. */
  'mcuboot.encrypted': Record<string, never>;
  'mcuboot.decryption': Record<string, never>;
  'mcuboot.decompression': { readonly reason: string };
}
