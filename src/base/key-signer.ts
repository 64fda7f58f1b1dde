/** Kinds of asymmetric keys that images and manifests are signed with. */
export type KeyType = 'Ed25519' | 'P-256' | 'P-384' | 'RSA-2048' | 'RSA-3072';

/** Makes signatures with a private key, wherever that is: in memory, in an HSM, behind a command. */
export interface KeySigner {
  readonly keyType: KeyType;
  /** SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) as PEM. */
  readonly publicKeyPem: string;
  /**
   * Signs the whole message. Ed25519: 64 bytes (RFC 8032). P-256 over its SHA-256, P-384 over its SHA-384: r‖s, 64 or
   * 96 bytes. RSA: RSASSA-PSS with SHA-256, MGF1-SHA256 and a salt of 32 bytes (RFC 8017 §8.1).
   */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
