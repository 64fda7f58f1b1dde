import type { ErrorCode, ErrorDetails } from '../base/errors';
import type { Localize } from './localize';
import { bytesText } from './quantities';
import { type Wordings, withoutStop } from './wording-table';

type SigningCode = Extract<ErrorCode, `suit.${string}` | `key.${string}` | `sequence.${string}`>;

/** Words for what goes wrong with manifests, keys and sequence numbers. */
export const signingWordings: Wordings<SigningCode> = {
  'suit.malformed': ({ reason }, t) => [
    t('The package is no well-formed SUIT envelope: {0}.', withoutStop(reason)),
    t('Sign the image again; the file may be damaged.'),
  ],
  'suit.not-canonical': ({ reason }, t) => [
    t('The package’s manifest is not in canonical CBOR: {0}.', withoutStop(reason)),
    t('Sign the image with a tool that writes canonical CBOR, such as Slipway.'),
  ],
  'suit.unsigned': (_details, t) => [
    t('The package is not signed.'),
    t('Sign it first (command Slipway: Sign); boards take only signed packages.'),
  ],
  'suit.unknown-algorithm': ({ algorithm }, t) => [
    t('The package is signed with algorithm {0}, which Slipway does not know.', algorithm),
    t('Sign it with ESP256 or Ed25519.'),
  ],
  'suit.algorithm-mismatch': ({ algorithm, keyType }, t) => [
    t('The package claims algorithm {0}, but the trusted key is of type {1}.', algorithm, keyType),
    t('Sign it again with a key of that type, or trust the right key.'),
  ],
  'suit.untrusted-key': ({ keyId }, t) => [
    keyId === undefined
      ? t('The package is signed with a key that is not trusted.')
      : t('The package is signed with key {0}, which is not trusted.', shortId(keyId)),
    t('Sign it with the key whose public half the board holds, or provision the board with this one.'),
  ],
  'suit.bad-signature': ({ keyId }, t) => [
    keyId === undefined
      ? t('The package’s signature is wrong.')
      : t('The package’s signature by key {0} is wrong.', shortId(keyId)),
    t('The package was changed after signing; sign the image again.'),
  ],
  'suit.digest-mismatch': ({ what }, t) => [
    t('The package is damaged: the digest of its {0} does not match.', digestSubject(what, t)),
    t('Sign the image again.'),
  ],
  'suit.payload-missing': ({ uri }, t) => [
    t('The package has no payload {0} in it.', uri),
    t('Sign the image again with an integrated payload.'),
  ],
  'suit.payload-size': ({ expected, actual }, t) => [
    t('The package’s payload has {1} instead of {0}.', bytesText(expected), bytesText(actual)),
    t('The file was cut or changed; sign the image again.'),
  ],
  'suit.vendor-mismatch': ({ expected, actual }, t) => [
    t('The package is for vendor {1}, not for {0}.', expected, actual),
    t('Set slipway.signing.vendorDomain to the board’s vendor and sign again.'),
  ],
  'suit.class-mismatch': ({ expected, actual }, t) => [
    t('The package is for device class {1}, not for {0}.', expected, actual),
    t('Set slipway.signing.className to the board’s class and sign again.'),
  ],
  'suit.missing-condition': ({ condition }, t) => [
    t('The package’s manifest never checks the {0}.', condition),
    t('Sign the image again with Slipway, which writes every check a board demands.'),
  ],
  'suit.sequence-too-low': ({ sequence, minimum }, t) => [
    t(
      'The package is older than what the board has: its sequence number is {0}, at least {1} is needed.',
      sequence,
      minimum,
    ),
    t('Sign the image again; each signing takes the next number.'),
  ],
  'suit.component-index': ({ index, count }, t) => [
    t('The package’s manifest speaks of component {0}, but has only {1}.', index, count),
    t('Correct the tool that made it, or sign the image with Slipway.'),
  ],
  'suit.unsupported': ({ what }, t) => [
    t('The package’s manifest uses {0}, which Slipway does not process.', what),
    t('Make a manifest with one component and its payload inside.'),
  ],

  'key.none': (_details, t) => [t('There is no key to sign with.'), t('Generate a signing key.')],
  'key.not-found': ({ key }, t) => [
    t('There is no signing key named {0}.', key),
    t('Generate it, or choose another with the setting slipway.signing.key.'),
  ],
  'key.exists': ({ key }, t) => [
    t('There is a signing key named {0} already; keys are never overwritten.', key),
    t('Choose another name.'),
  ],
  'key.wrong-passphrase': ({ key }, t) => [
    t('The passphrase does not open signing key {0}.', key),
    t('Enter it again; a lost passphrase can’t be recovered, only a new key made.'),
  ],
  'key.passphrase-needed': ({ key }, t) => [
    t('Signing key {0} needs its passphrase.', key),
    t('Enter the passphrase the key was generated with.'),
  ],
  'key.public-only': ({ key }, t) => [
    t('Of signing key {0} only the public half is here: it can verify, but not sign.', key),
    t('Sign with a key whose private half is here.'),
  ],
  'key.unsupported': ({ key, kind }, t) => [
    t('Signing key {0} is of kind {1}, which Slipway can’t sign with.', key, kind),
    t('Use a P-256 or Ed25519 key.'),
  ],
  'key.invalid-name': ({ key }, t) => [
    t('"{0}" can’t be the name of a signing key.', key),
    t('Use letters, digits, dashes and underscores, beginning with a letter or digit.'),
  ],
  'key.unreadable': ({ key, reason }, t) => [
    t('The file of signing key {0} is no PEM key: {1}.', key, withoutStop(reason)),
    t('Restore it from a copy, or generate a key of another name.'),
  ],
  'key.storage': ({ path, reason }, t) => [
    t('The keys’ folder {0} can’t be used: {1}.', path, withoutStop(reason)),
    t('Check its permissions, or choose another with the setting slipway.keys.folder.'),
  ],
  'sequence.corrupt': ({ file, reason }, t) => [
    t('The file of sequence numbers {0} is damaged: {1}.', file, withoutStop(reason)),
    t('Restore it from a copy. Without it numbers might repeat and boards refuse packages.'),
  ],
  'sequence.busy': ({ folder }, t) => [
    t('Other programs keep taking sequence numbers in {0}.', folder),
    t('Try again when they are done.'),
  ],
};

function digestSubject(what: ErrorDetails['suit.digest-mismatch']['what'], t: Localize): string {
  switch (what) {
    case 'manifest':
      return t('manifest');
    case 'payload':
      return t('firmware');
    case 'severable':
      return t('text');
  }
}

function shortId(keyId: string): string {
  return keyId.slice(0, 16);
}
