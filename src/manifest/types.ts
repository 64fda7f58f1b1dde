import type { KeyObject } from 'node:crypto';
import type { Dialect } from './suit-dialect';

/** COSE algorithms of signatures by the names of RFC 9864; their older names are read as well. */
export type SignatureAlgorithm = 'ESP256' | 'Ed25519' | 'ESP384';

/** What authenticates a manifest: a signature, or HMAC 256/256 (RFC 9053 §3.1). */
export type AuthenticationAlgorithm = SignatureAlgorithm | 'HMAC256';

/** Makes signatures; the private key may be in memory, in an HSM or behind a command. */
export interface Signer {
  readonly algorithm: SignatureAlgorithm;
  /** SHA-256 of the SPKI DER, lower-case hex: names the key to people and in the COSE `kid`. */
  readonly keyId: string;
  /** SPKI PEM. */
  readonly publicKeyPem: string;
  /** Certificates as DER, the signer's own first, each issued by the next; without the root (RFC 9360 §2). */
  readonly certificateChain?: readonly Uint8Array[];
  /** Signs the bytes (the Sig_structure); raw r‖s for ECDSA. 96 bytes for ESP384, 64 for the others. */
  sign(toBeSigned: Uint8Array): Promise<Uint8Array>;
}

/** A public key that a verifier trusts. */
export interface TrustAnchor {
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKeyPem: string;
}

/** A secret that board and desk share. A `KeyObject` can't slip into a log or a file. */
export interface SymmetricKey {
  /** The bytes of the COSE `kid` in lower-case hex. */
  readonly keyId: string;
  readonly secret: KeyObject;
}

/** One image of a package, and which boards it is for. */
export interface ComponentContent {
  readonly payload: Uint8Array;
  /** RFC 9562 UUIDs as 16 bytes. */
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  /** SUIT component id segments, e.g. `['app']`. */
  readonly componentId: readonly string[];
  /** Text of the manifest: shown to people; the version is what the board will report. */
  readonly version?: string;
  readonly vendorDomain?: string;
  readonly modelName?: string;
}

/** The image that a board runs: its bytes, or its SHA-256 alone where a patch takes nothing of it. */
export type PatchBase = Uint8Array | { readonly sha256: Uint8Array };

/** What is sent instead of an image: how it comes of another one (a sequential patch of detools). */
export interface ComponentPatch {
  /** The image that the board has to run. */
  readonly base: PatchBase;
  readonly bytes: Uint8Array;
}

/** What an envelope of one component says and carries; its payload is integrated. */
export interface EnvelopeContent extends ComponentContent {
  readonly sequence: number;
  readonly description?: string;
}

/** What an envelope of any number of components says and carries. */
export interface PackageContent {
  readonly sequence: number;
  readonly description?: string;
  /**
   * The first is what is started in the end, usually the application. The others are installed before it, in their
   * order: it may need what they bring.
   */
  readonly components: readonly ComponentContent[];
  /** Goes out instead of the image of the one component that there is then. */
  readonly patch?: ComponentPatch;
}

/** One signature of a package. */
export interface PackageSigner {
  readonly signer: Signer;
  /** Certificates as DER, the signer's own first, each issued by the next; without the root (RFC 9360 §2). */
  readonly chain?: readonly Uint8Array[];
}

/** How a package is made; a signer or a MAC key there must be. */
export interface PackageOptions {
  readonly signers?: readonly PackageSigner[];
  /** Boards without asymmetric cryptography check COSE_Mac0 with a key of their own. */
  readonly macKeys?: readonly SymmetricKey[];
  /** Encrypts every payload: 16 bytes for A128GCM, 32 for A256GCM. */
  readonly encryptionKey?: SymmetricKey;
  /** Default: the current draft. */
  readonly dialect?: Dialect;
  /** Fetches in payload-fetch, checks in install, for boards that do so at different times. */
  readonly fetchFirst?: boolean;
  /** Puts command sequences where they can be severed from; the text always is, if that saves anything. */
  readonly severable?: boolean;
}

/** A component after every check passed. */
export interface VerifiedComponent extends ComponentContent {
  /** Lower-case hex SHA-256 of the payload; of the plain one, if it was encrypted. */
  readonly payloadSha256: string;
  readonly encrypted: boolean;
}

/** Whose authentication of a manifest was found good. */
export interface Authentication {
  readonly keyId: string;
  readonly algorithm: AuthenticationAlgorithm;
}

/** An envelope after every check passed. What stands beside `components` is said of the one that is started. */
export interface VerifiedEnvelope extends EnvelopeContent, VerifiedComponent, Authentication {
  /** In the order of the manifest; without those that are only on the way to another. */
  readonly components: readonly VerifiedComponent[];
  /** Every good one that is trusted; the first also stands in `keyId` and `algorithm`. */
  readonly authentications: readonly Authentication[];
  readonly dialect: Dialect;
}

/** What a verifier demands; leave a field out to skip that check. What it trusts can't be left out. */
export interface VerifyPolicy {
  readonly trustAnchors: readonly TrustAnchor[];
  /** Keys of COSE_Mac0. */
  readonly macKeys?: readonly SymmetricKey[];
  /** Keys of encrypted payloads. */
  readonly decryptionKeys?: readonly SymmetricKey[];
  /** Root certificates (PEM) of signers that show a chain, and when it must be valid. */
  readonly roots?: { readonly certificates: readonly string[]; readonly at: Date } | undefined;
  readonly vendorId?: Uint8Array;
  readonly classId?: Uint8Array;
  readonly deviceId?: Uint8Array;
  /** The image that runs: what a patch is applied to. Without it a package that brings a patch is refused. */
  readonly running?: PatchBase;
  /**
   * What was installed of this package before: fetching and installing are past, and it has to be what the manifest
   * says (invocation procedure, draft-ietf-suit-manifest §6.2).
   */
  readonly installed?: Uint8Array;
  /** Bytes that a patch's image may have; no limit by default. */
  readonly capacity?: number;
  /** The slot that is to be written: chooses between the images of an A/B package. */
  readonly slot?: number;
  /** Sequence must be at least this (a board passes its own sequence + 1 or its own). */
  readonly minimumSequence?: number;
}
