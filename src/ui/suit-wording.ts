import type { CertificateFault, ErrorCode, ErrorDetails } from '../base/errors';
import type { Localize } from './localize';
import { bytesText } from './quantities';
import { type Wordings, withoutStop } from './wording-table';

type SuitCode = Extract<ErrorCode, `suit.${string}`>;

/** Words for what is wrong with signed packages. */
export const suitWordings: Wordings<SuitCode> = {
  'suit.malformed': ({ reason }, t) => [
    t('The package is no well-formed SUIT envelope: {0}.', withoutStop(reason)),
    t('Sign the image again; the file may be damaged.'),
  ],
  'suit.not-canonical': ({ reason }, t) => [
    t('The package’s manifest is not in canonical CBOR: {0}.', withoutStop(reason)),
    t('Sign the image with a tool that writes canonical CBOR, such as Slipway.'),
  ],
  'suit.duplicate-key': ({ what }, t) => [
    t('The package has an entry twice in its {0}.', what),
    t('Sign the image with a tool that writes canonical CBOR, such as Slipway.'),
  ],
  'suit.trailing-bytes': ({ what, bytes }, t) => [
    t('The package’s {0} ends, but {1} follow.', what, bytesText(bytes)),
    t('The file was prolonged or put together wrongly; sign the image again.'),
  ],
  'suit.unsigned': (_details, t) => [
    t('The package is not signed.'),
    t('Sign it first (command Slipway: Sign); boards take only signed packages.'),
  ],
  'suit.unknown-algorithm': ({ algorithm }, t) => [
    t('The package is signed with algorithm {0}, which Slipway does not know.', algorithm),
    t('Sign it with ESP256, ESP384, Ed25519 or HMAC 256.'),
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
  'suit.untrusted-chain': ({ subject, fault }, t) => [
    subject === ''
      ? t('The package’s certificates can’t be trusted: {0}.', faultText(fault, t))
      : t('The package’s certificate of {0} can’t be trusted: {1}.', subject, faultText(fault, t)),
    t('Sign it with a certificate that one of the configured roots issued and that is valid now.'),
  ],
  'suit.digest-mismatch': ({ what }, t) => [
    t('The package is damaged: the digest of its {0} does not match.', digestSubject(what, t)),
    t('Sign the image again.'),
  ],
  'suit.payload-missing': ({ uri }, t) => [
    uri === '' ? t('The package has no payload in it.') : t('The package has no payload {0} in it.', uri),
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
  'suit.wrong-base': ({ expected, actual }, t) => [
    t(
      'The package is a patch for an image that is not the one that runs: SHA-256 {0} instead of {1}.',
      expected,
      actual,
    ),
    t('Push the full image.'),
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
    t('Make a manifest of images inside the package, without dependencies on other manifests.'),
  ],
  'suit.condition-failed': ({ condition, component }, t) => [
    conditionText(condition, component, t),
    t('Sign a package that is made for this board.'),
  ],
  'suit.member-missing': ({ member }, t) => [
    t('The package’s {0} commands were taken out of it.', member),
    t('Use the package as it was signed.'),
  ],
  'suit.no-decryption-key': ({ keyId }, t) => [
    keyId === undefined
      ? t('The package is encrypted, and there is no key to read it with.')
      : t('The package is encrypted with key {0}, which is not here.', shortId(keyId)),
    t('Give the key, or sign the image for this board without encryption.'),
  ],
  'suit.decryption-failed': ({ keyId }, t) => [
    t('The package’s payload can’t be decrypted with key {0}.', shortId(keyId)),
    t('It was encrypted with another key of that name, or changed since; sign the image again.'),
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

/** What is wrong with a certificate, to go on in a sentence. */
export function faultText(fault: CertificateFault, t: Localize): string {
  switch (fault) {
    case 'unreadable':
      return t('it is damaged');
    case 'not-yet-valid':
      return t('it is not valid yet');
    case 'expired':
      return t('it has expired');
    case 'bad-signature':
      return t('its issuer did not sign it');
    case 'not-a-ca':
      return t('it issued another, but is not one of an authority');
    case 'path-too-long':
      return t('too many authorities follow it');
    case 'key-usage':
      return t('its key is not meant for that');
    case 'critical-extension':
      return t('it has a critical extension that is not known');
    case 'unknown-issuer':
      return t('no configured root issued it');
    case 'other-key':
      return t('it belongs to another key');
  }
}

function conditionText(
  condition: ErrorDetails['suit.condition-failed']['condition'],
  component: string,
  t: Localize,
): string {
  switch (condition) {
    case 'slot':
      return t('The package’s image for {0} is not for the slot that is free.', component);
    case 'device':
      return t('The package is for another board of this kind.');
    case 'content':
      return t('What is in {0} is not what the package asks for.', component);
    case 'abort':
      return t('The package’s manifest ends the update of {0} itself.', component);
    case 'try-each':
      return t('None of the package’s alternatives for {0} fits this board.', component);
  }
}

/** Enough of a key id to know the key by. */
export function shortId(keyId: string): string {
  return keyId.slice(0, 16);
}
