import type { ErrorCode } from '../base/errors';
import { faultText } from './suit-wording';
import { type Wordings, withoutStop } from './wording-table';

/** Words for what goes wrong with keys. */
export const keyWordings: Wordings<Extract<ErrorCode, `key.${string}`>> = {
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
    t('The key {0} is of kind {1}, which Slipway can’t use.', key, kind),
    t('Use an Ed25519, P-256, P-384, RSA-2048 or RSA-3072 key; openssl pkcs8 -topk8 converts other formats.'),
  ],
  'key.invalid-name': ({ key }, t) => [
    t('"{0}" can’t be the name of a signing key.', key),
    t('Use letters, digits, dashes and underscores, beginning with a letter or digit.'),
  ],
  'key.unreadable': ({ key, reason }, t) => [
    t('The file of signing key {0} can’t be read: {1}.', key, withoutStop(reason)),
    t('Restore it from a copy, or generate a key of another name.'),
  ],
  'key.storage': ({ path, reason }, t) => [
    t('The keys’ folder {0} can’t be used: {1}.', path, withoutStop(reason)),
    t('Check its permissions, or choose another with the setting slipway.keys.folder.'),
  ],
  'key.not-a-key': ({ file }, t) => [
    t('{0} holds no key.', file),
    t('Choose a private key in PKCS#8, SEC1 or PKCS#1 (PEM or DER), or a JWK.'),
  ],
  'key.import-public': ({ file }, t) => [
    t('{0} holds only the public half of a key, which can’t sign.', file),
    t('Choose the file of the private key, or import this one as a public key.'),
  ],
  'key.import-private': ({ file }, t) => [
    t('{0} holds a private key, not a public one.', file),
    t('Import it as a private key, so that it is encrypted, or choose the file of its public half.'),
  ],
  'key.import-certificate': ({ file }, t) => [
    t('{0} holds a certificate, not a key.', file),
    t('Import the key first, then add the certificate to it as its chain.'),
  ],
  'key.import-secret': ({ file }, t) => [
    t('{0} holds a secret key, which has no public half.', file),
    t('Import it with Import Key…, or choose the file of a public key.'),
  ],
  'key.import-unreadable': ({ file, reason }, t) => [
    t('The key in {0} can’t be read: it is {1}.', file, withoutStop(reason)),
    t('Export it again where it comes from, as PKCS#8.'),
  ],
  'key.not-exportable': ({ key, format }, t) => [
    t('There is no {1} of the key {0}.', key, format),
    t('Export it as PEM.'),
  ],
  'key.secret-only': ({ key }, t) => [
    t('The key {0} is a secret: it has no public half, and makes no signatures.', key),
    t('Choose a key pair.'),
  ],
  'key.not-secret': ({ key }, t) => [
    t('The key {0} is a key pair, not a secret that is shared with boards.', key),
    t('Choose a secret, or generate one with Generate Secret….'),
  ],
  'key.use-is-set': ({ key, setting }, t) => [
    t('What the secret {0} is used for follows the setting {1}, not what is chosen here.', key, setting),
    t('Change the setting, or empty it to choose here.'),
  ],
  'key.no-cose': ({ key, type }, t) => [
    t('Signing key {0} is of type {1}, which SUIT manifests are not signed with.', key, type),
    t('Choose an Ed25519, P-256 or P-384 key; RSA keys sign MCUboot images.'),
  ],
  'key.sample': ({ key, sample }, t) => [
    t('Signing key {0} is {1}, a sample key of MCUboot: everybody has its private half.', key, sample),
    t(
      'Sign with a key of your own. For an experiment, allow it with the setting slipway.signing.mcuboot.allowSampleKey.',
    ),
  ],
  'key.chain': ({ key, subject, fault }, t) => [
    subject === ''
      ? t('The certificates for key {0} can’t be used: {1}.', key, faultText(fault, t))
      : t('The certificate {1} for key {0} can’t be used: {2}.', key, subject, faultText(fault, t)),
    t(
      'Add a chain in PEM that begins with the certificate of this key and goes on with that of each issuer.',
    ),
  ],
  'key.command-failed': ({ key, program, reason }, t) => [
    t('The command {1} did not sign with key {0}: {2}.', key, program, withoutStop(reason)),
    t('Try the command in a terminal; it is in the keys’ folder, in the file {0}.command.json.', key),
  ],
  'key.command-timeout': ({ key, program, seconds }, t) => [
    t('The command {1} did not answer within {2} s for key {0}.', key, program, seconds),
    t('See whether it waits for a login or a touch, or raise timeoutSeconds in {0}.command.json.', key),
  ],
  'key.command-answer': ({ key, program, fault, bytes }, t) => [
    fault === 'no-signature'
      ? t(
          'What {1} answered for key {0}, {2} bytes, is no signature by a key of its type.',
          key,
          program,
          bytes,
        )
      : t(
          'The signature that {1} answered for key {0}, {2} bytes, does not verify by its public half.',
          key,
          program,
          bytes,
        ),
    t('Check which key the command uses, and whether it wants the message or its digest.'),
  ],
  'key.no-digest': ({ key, type }, t) => [
    t('Key {0} is of type {1}, which signs no digests.', key, type),
    t('Give the command the message instead.'),
  ],
};
