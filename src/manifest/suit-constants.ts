/** Numbers of draft-ietf-suit-manifest-37; its section on IANA considerations (§11) lists them. */

/** SUIT_Envelope_Tagged (§11). */
export const suitEnvelopeTag = 107;

/** Keys of SUIT_Envelope (§8.2). Severable members stand here under their manifest key. */
export const envelopeKey = { authentication: 2, manifest: 3 } as const;

/** Keys of SUIT_Manifest (§8.4). Those from 16 on are severable (§8.5). */
export const manifestKey = {
  version: 1,
  sequence: 2,
  common: 3,
  referenceUri: 4,
  validate: 7,
  load: 8,
  invoke: 9,
  payloadFetch: 16,
  install: 20,
  text: 23,
} as const;

/** suit-manifest-version (§8.4.1). */
export const suitManifestVersion = 1;

/** Keys of SUIT_Common (§8.4.5). */
export const commonKey = { components: 2, sharedSequence: 4 } as const;

/** SUIT_Condition (§8.4.9). */
export const condition = {
  vendorIdentifier: 1,
  classIdentifier: 2,
  imageMatch: 3,
  componentSlot: 5,
  checkContent: 6,
  abort: 14,
  deviceIdentifier: 24,
} as const;

/** SUIT_Directive (§8.4.10). `setParameters` was in draft-09 (§8.7.7.6 there): it sets what isn't set yet. */
export const directive = {
  setComponentIndex: 12,
  tryEach: 15,
  write: 18,
  setParameters: 19,
  overrideParameters: 20,
  fetch: 21,
  copy: 22,
  invoke: 23,
  swap: 31,
  runSequence: 32,
} as const;

/** SUIT_Parameters (§8.4.8); `encryptionInfo` is of draft-ietf-suit-firmware-encryption. */
export const parameter = {
  vendorIdentifier: 1,
  classIdentifier: 2,
  imageDigest: 3,
  componentSlot: 5,
  strictOrder: 12,
  softFailure: 13,
  imageSize: 14,
  content: 18,
  encryptionInfo: 19,
  uri: 21,
  sourceComponent: 22,
  deviceIdentifier: 24,
} as const;

/** SUIT_Rep_Policy (§8.4.7): bits for records and system information on success and failure. */
export const reportingPolicy = {
  recordFailure: 0b0010,
  all: 0b1111,
} as const;

/** Keys of SUIT_Text_LMap and, per component, of SUIT_Text_Component_Keys (§8.4.4). */
export const textKey = { manifestDescription: 1 } as const;
export const componentTextKey = { modelName: 2, vendorDomain: 3, version: 6 } as const;

/**
 * A member of at most this many bytes is smaller than the digest that would stand for it and should not be
 * severed (§8.5): digest bits ÷ 8 + 4.
 */
export const severableMinimum = 36;

/** SHA-256 in SUIT_Digest (§10): its COSE algorithm id (RFC 9054 §2.1). */
export const sha256AlgorithmId = -16;
