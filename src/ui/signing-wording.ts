import type { ErrorCode } from '../base/errors';
import { suitWordings } from './suit-wording';
import { type Wordings, withoutStop } from './wording-table';

type SigningCode = Extract<ErrorCode, `suit.${string}` | `key.${string}` | `sequence.${string}`>;

/** Words for what goes wrong with manifests, keys and sequence numbers. */
export const signingWordings: Wordings<SigningCode> = {
  ...suitWordings,

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
