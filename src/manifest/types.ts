/** COSE algorithm ids (RFC 9053, RFC 9864). Written: ESP256 -9, Ed25519 -19; read also ES256 -7, EdDSA -8. */
export type SignatureAlgorithm = 'ESP256' | 'Ed25519';

/** Makes signatures; the private key may be in memory, in an HSM or behind a command. */
export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  /** SHA-256 of the SPKI DER, lower-case hex: names the key to people and in the COSE `kid`. */
  readonly keyId: string;
  /** SPKI PEM. */
  readonly publicKeyPem: string;
  /** Signs the bytes (the Sig_structure); raw r‖s for ESP256, 64 bytes for both. */
  sign(toBeSigned: Uint8Array): Promise<Uint8Array>;
}

/** A public key that a verifier trusts. */
export interface TrustAnchor {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKeyPem: string;
}

/** What an envelope says and carries; one component, integrated payload. */
export interface EnvelopeContent {
  readonly payload: Uint8Array;
  readonly sequence: number;
  /** RFC 9562 UUIDs as 16 bytes. */
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  /** SUIT component id segments, e.g. `['app']`. */
  readonly componentId: readonly string[];
  /** Text of the manifest: shown to people; the version is what the board will report. */
  readonly version?: string;
  readonly vendorDomain?: string;
  readonly modelName?: string;
  readonly description?: string;
}

/** An envelope after every check passed. */
export interface VerifiedEnvelope extends EnvelopeContent {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** Lower-case hex SHA-256 of the payload. */
  readonly payloadSha256: string;
}

/** What a verifier demands; leave a field out to skip that check. Trust anchors can't be left out. */
export interface VerifyPolicy {
  readonly trustAnchors: readonly TrustAnchor[];
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  /** Sequence must be at least this (a board passes its own sequence + 1 or its own). */
  readonly minimumSequence?: number;
}
