import type { ImageErrorDetails } from './image-errors';
import type { McubootErrorDetails } from './mcuboot-errors';

/**
 * The one family of errors. Each code names what happened and carries the typed facts;
 * what a user reads, and the remedy, is made from them in `ui/wording.ts`.
 */
export interface ErrorDetails extends ImageErrorDetails, McubootErrorDetails {
  cancelled: { readonly reason?: string };

  // link: `link` is the link's id, e.g. `serial:/dev/ttyUSB0`
  'link.not-found': { readonly link: string };
  'link.busy': { readonly link: string };
  'link.permission': { readonly link: string; readonly group?: string };
  'link.refused': { readonly link: string };
  'link.closed': { readonly link: string };
  'link.invalid-address': { readonly address: string };
  'link.failed': { readonly link: string; readonly reason: string };

  /** A file for a trace of messages. */
  'trace.not-written': { readonly file: string; readonly reason: string };

  // coap: `peer` is `address:port` or the link's id
  'coap.timeout': { readonly peer: string; readonly method: string; readonly path: string };
  'coap.reset': { readonly peer: string; readonly method: string; readonly path: string };
  'coap.malformed': { readonly reason: string };
  'coap.response': {
    readonly method: string;
    readonly path: string;
    readonly code: string;
    readonly diagnostic?: string;
  };
  /** A Block1 push ended without success; `offset` is the count of bytes the board acknowledged. */
  'block.refused': {
    readonly path: string;
    readonly code: string;
    readonly offset: number;
    readonly diagnostic?: string;
  };
  'block.timeout': { readonly path: string; readonly offset: number; readonly attempts: number };

  // lwm2m
  'lwm2m.malformed': { readonly format: string; readonly reason: string };
  'lwm2m.unsupported-format': { readonly contentFormat: number };
  'lwm2m.bad-value': { readonly path: string; readonly reason: string };
  /** The board speaks an older version of LwM2M than the operation asks for. */
  'lwm2m.needs-version': {
    readonly board: string;
    readonly operation: string;
    readonly version: string;
    readonly needed: string;
  };
  'lwm2m.offline': { readonly board: string };
  /** The board asks for a bootstrap, and the desk is set not to give any. */
  'bootstrap.off': { readonly board: string };
  /** The board asks for a bootstrap, and there is no key that it could be given to trust. */
  'bootstrap.no-key': { readonly board: string };
  /** The board can’t be asked to ask for a bootstrap: it has no Bootstrap-Request Trigger (1/x/9). */
  'bootstrap.no-trigger': { readonly board: string; readonly code: string };
  /** It took that, and did not ask the desk. */
  'bootstrap.not-asked': { readonly board: string; readonly timeoutMs: number };
  /** The board answered a step of its bootstrap with an error; it keeps what it had before. */
  'bootstrap.refused': {
    readonly board: string;
    readonly method: string;
    readonly path: string;
    readonly code: string;
  };
  'lwm2m.no-such-board': { readonly board: string };
  /** There is no board at all. */
  'lwm2m.no-board': Record<string, never>;
  'lwm2m.port-in-use': { readonly host: string; readonly port: number };

  // update
  'update.no-object': { readonly board: string; readonly objectId: number };
  /** The board's Delivery Method (5/0/9) is pull only. */
  'update.push-unsupported': { readonly board: string };
  /** The board's Delivery Method is push only. */
  'update.pull-unsupported': { readonly board: string };
  /** Nothing of the board's Protocol Support (5/0/8) can be offered to it. */
  'update.no-protocol': { readonly board: string; readonly protocols: readonly number[] };
  'update.busy': { readonly board: string };
  /** One batch at a time; `left` of its `boards` have not come to their end. */
  'update.batch-busy': { readonly boards: number; readonly left: number };
  'update.wrong-state': { readonly board: string; readonly state: number };
  'update.too-large': { readonly board: string; readonly bytes: number; readonly limit: number };
  /** Known before the push; `running` is what the board runs. */
  'update.downgrade': { readonly board: string; readonly version: string; readonly running: string };
  'update.sequence-too-low': {
    readonly board: string;
    readonly sequence: number;
    readonly minimum: number;
  };
  /** `expected` is the board's id, `actual` that of the package. */
  'update.vendor-mismatch': { readonly board: string; readonly expected: string; readonly actual: string };
  'update.class-mismatch': { readonly board: string; readonly expected: string; readonly actual: string };
  'update.untrusted-key': {
    readonly board: string;
    readonly keyId: string;
    readonly trusted: readonly string[];
  };
  'update.rejected': { readonly board: string; readonly result: number; readonly phase: string };
  'update.phase-timeout': { readonly board: string; readonly phase: string; readonly timeoutMs: number };
  'update.board-lost': { readonly board: string; readonly phase: string; readonly bytesSent: number };
  'update.wrong-version': { readonly board: string; readonly expected: string; readonly actual: string };

  'update.unexpected': { readonly reason: string };

  // components: instances of object 33629
  /** `known` are those there are, as people read it. */
  'components.unknown': { readonly board: string; readonly component: string; readonly known: string };
  'components.conflict': { readonly board: string; readonly component: string; readonly conflicting: string };
  /** The board named an Update Result, and for 12 and 13 the components that are in the way. */
  'components.rejected': {
    readonly board: string;
    readonly component: string;
    readonly result: number;
    /** Which of them it refused. */
    readonly what: 'package' | 'update';
    readonly conflicting?: string;
  };

  // software: instances of object 9
  'software.no-instance': { readonly board: string; readonly instance: number };
  /** `operation` is not for the state that the software is in. */
  'software.wrong-state': {
    readonly board: string;
    readonly instance: number;
    readonly operation: string;
    readonly state: number;
    readonly active?: boolean;
  };
  /** The board named an Update Result (9/x/9), and perhaps why in Status Reason (9/x/16). */
  'software.rejected': {
    readonly board: string;
    readonly instance: number;
    readonly operation: string;
    readonly result: number;
    /** Where the result names no failure. */
    readonly state?: number;
    readonly reason?: string;
  };
  'software.busy': { readonly board: string; readonly instance: number };

  // delta: patches from one image to another
  'delta.malformed': { readonly reason: string };
  'delta.unsupported': { readonly what: string };
  'delta.truncated': { readonly bytes: number; readonly expected: number };
  'delta.too-large': { readonly bytes: number; readonly limit: number };
  /** The patch reads at `offset` of a base of `bytes` bytes, where there is nothing. */
  'delta.wrong-base': { readonly offset: number; readonly bytes: number };
  /** What came out isn't what was meant to; both as SHA-256 in hexadecimal. */
  'delta.wrong-result': { readonly expected: string; readonly actual: string };
  'delta.failed': { readonly reason: string };

  // manifest: `rule` names the check of draft-ietf-suit-manifest that failed
  'suit.malformed': { readonly reason: string };
  'suit.not-canonical': { readonly reason: string };
  'suit.duplicate-key': { readonly what: string };
  'suit.trailing-bytes': { readonly what: string; readonly bytes: number };
  'suit.unsigned': Record<string, never>;
  'suit.unknown-algorithm': { readonly algorithm: string };
  'suit.algorithm-mismatch': { readonly algorithm: string; readonly keyType: string };
  'suit.untrusted-key': { readonly keyId?: string };
  'suit.bad-signature': { readonly keyId?: string };
  'suit.digest-mismatch': { readonly what: 'manifest' | 'payload' | 'severable' };
  'suit.payload-missing': { readonly uri: string };
  'suit.payload-size': { readonly expected: number; readonly actual: number };
  'suit.vendor-mismatch': { readonly expected: string; readonly actual: string };
  'suit.class-mismatch': { readonly expected: string; readonly actual: string };
  'suit.missing-condition': { readonly condition: string };
  /** A patch for another image than the one that runs; both as SHA-256 in hexadecimal. */
  'suit.wrong-base': { readonly expected: string; readonly actual: string };
  'suit.sequence-too-low': { readonly sequence: number; readonly minimum: number };
  'suit.component-index': { readonly index: number; readonly count: number };
  /** A condition that isn't one of vendor, class or image: slot, device, content, or the manifest's own abort. */
  'suit.condition-failed': {
    readonly condition: 'slot' | 'device' | 'content' | 'abort' | 'try-each';
    readonly component: string;
  };
  /** A severable member (§8.5) that is needed isn't in the envelope. */
  'suit.member-missing': { readonly member: string };
  /** `subject` is that of the certificate at fault. */
  'suit.untrusted-chain': { readonly subject: string; readonly fault: CertificateFault };
  /** `keyId` is the `kid` of the COSE_Encrypt0, in hex. */
  'suit.no-decryption-key': { readonly keyId?: string };
  'suit.decryption-failed': { readonly keyId: string };
  /** Valid by the draft, but beyond what this product processes, e.g. `try-each`. */
  'suit.unsupported': { readonly what: string };

  // keys
  'key.not-found': { readonly key: string };
  /** There is no key that can sign. */
  'key.none': Record<string, never>;
  'key.exists': { readonly key: string };
  'key.wrong-passphrase': { readonly key: string };
  'key.passphrase-needed': { readonly key: string };
  'key.public-only': { readonly key: string };
  'key.unsupported': { readonly key: string; readonly kind: string };
  'key.invalid-name': { readonly key: string };
  /** The file of that key isn't a PEM key. */
  'key.unreadable': { readonly key: string; readonly reason: string };
  // importing: `file` is what was to be imported
  'key.not-a-key': { readonly file: string };
  'key.import-public': { readonly file: string };
  'key.import-private': { readonly file: string };
  'key.import-certificate': { readonly file: string };
  'key.import-secret': { readonly file: string };
  'key.import-unreadable': { readonly file: string; readonly reason: string };
  /** There is no such form of that key, e.g. a C array of one that images are encrypted for. */
  'key.not-exportable': { readonly key: string; readonly format: string };
  /** A secret has no public half, and signs nothing. */
  'key.secret-only': { readonly key: string };
  'key.not-secret': { readonly key: string };
  /** A setting says what it is used for, and comes before what is chosen. */
  'key.use-is-set': { readonly key: string; readonly setting: string };
  /** Manifests can't be signed with keys of that type. */
  'key.no-cose': { readonly key: string; readonly type: string };
  /** One of MCUboot's published keys. */
  'key.sample': { readonly key: string; readonly sample: string };
  /** Its certificates; `subject` is that of the one at fault, empty where there is none. */
  'key.chain': { readonly key: string; readonly subject: string; readonly fault: CertificateFault };
  // commands that sign
  'key.command-failed': { readonly key: string; readonly program: string; readonly reason: string };
  'key.command-timeout': { readonly key: string; readonly program: string; readonly seconds: number };
  'key.command-answer': {
    readonly key: string;
    readonly program: string;
    readonly fault: 'no-signature' | 'wrong-signature';
    readonly bytes: number;
  };
  /** Keys of that type sign no digest. */
  'key.no-digest': { readonly key: string; readonly type: string };
  /** The folder of keys and sequence numbers can't be read or written. */
  'key.storage': { readonly path: string; readonly reason: string };
  'sequence.corrupt': { readonly file: string; readonly reason: string };
  'sequence.busy': { readonly folder: string };

  // emulator
  /** QEMU's file-backed memory, the emulated board's flash, is there on Linux and macOS only. */
  'emulator.unsupported': { readonly platform: string };
  'emulator.no-qemu': { readonly program: string };
  /** The bootloader's ELF, or the factory's image, that the settings name. */
  'emulator.no-firmware': { readonly file: string };
  'emulator.flash': { readonly file: string; readonly reason: string };
  /** The emulator ended by itself, with what it said last. */
  'emulator.ended': { readonly exitCode: number | null; readonly reason: string };

  // build
  'build.no-command': { readonly folder: string };
  'build.failed': { readonly command: string; readonly exitCode: number | null };
  'build.no-artifact': { readonly folder: string; readonly pattern: string };
  'build.stale-artifact': { readonly file: string; readonly pattern: string };
  'build.untrusted': { readonly folder: string };
  /** One build at a time in each folder. */
  'build.busy': { readonly folder: string };
  /** No folder is open that could be built. */
  'build.no-folder': Record<string, never>;
  'build.no-package': { readonly folder: string };
}

/** What is wrong with a certificate, or with its place in a chain (RFC 5280 §6.1). */
export type CertificateFault =
  | 'unreadable'
  | 'not-yet-valid'
  | 'expired'
  | 'bad-signature'
  | 'not-a-ca'
  | 'path-too-long'
  | 'key-usage'
  | 'critical-extension'
  | 'unknown-issuer'
  | 'other-key';

export type ErrorCode = keyof ErrorDetails;

/** An error of the product: a stable `code` with its typed `details`, and the cause where there is one. */
export class SlipwayError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'SlipwayError';

  constructor(
    readonly code: C,
    readonly details: ErrorDetails[C],
    options?: { readonly cause?: unknown },
  ) {
    super(`${code} ${JSON.stringify(details)}`, options);
  }

  /** Whether `error` is of this family and, with `code`, of that code. */
  static is<K extends ErrorCode = ErrorCode>(error: unknown, code?: K): error is SlipwayError<K> {
    return error instanceof SlipwayError && (code === undefined || error.code === code);
  }
}

/** The error for work that `signal` aborted; keeps the reason if that is already one of ours. */
export function cancelled(signal?: AbortSignal): SlipwayError {
  const reason: unknown = signal?.reason;
  if (SlipwayError.is(reason)) return reason;
  return new SlipwayError('cancelled', typeof reason === 'string' ? { reason } : {});
}
