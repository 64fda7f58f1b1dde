import type { ErrorCode } from '../base/errors';
import { bytesText } from './quantities';
import { type Wordings, withoutStop } from './wording-table';

type McubootCode = Extract<ErrorCode, `mcuboot.${string}`>;

/** Words for what goes wrong with MCUboot images. */
export const mcubootWordings: Wordings<McubootCode> = {
  'mcuboot.version': ({ version, part, limit }, t) => [
    part === undefined
      ? t('"{0}" is no version of an MCUboot image; the highest one is {1}.', version, limit)
      : t(
          'Version {0} does not fit into an MCUboot image: its {1} may be {2} at most.',
          version,
          part,
          limit,
        ),
    t('Write it as major.minor.revision+build in whole numbers, e.g. 1.2.3+4.'),
  ],
  'mcuboot.option': ({ option, reason }, t) => [
    t('The MCUboot image can’t be made, because of its {0}: {1}.', option, withoutStop(reason)),
    t('Correct that value in the settings under slipway.signing.mcuboot, or in the build’s configuration.'),
  ],
  'mcuboot.already-signed': (_details, t) => [
    t('The firmware is a signed MCUboot image already.'),
    t('Sign the unsigned one that the build makes (zephyr.bin, not zephyr.signed.bin).'),
  ],
  'mcuboot.header-not-blank': ({ headerSize }, t) => [
    t('The firmware has no room for MCUboot’s header: its first {0} bytes are not all zero.', headerSize),
    t('Let Slipway put the room before it (pad the header), or link the firmware with that room.'),
  ],
  'mcuboot.slot-overflow': ({ bytes, trailer, slot, over }, t) => [
    t(
      'The image is {3} bytes too large: {0} and a trailer of {1} do not fit into the slot of {2}.',
      bytesText(bytes),
      bytesText(trailer),
      bytesText(slot),
      over,
    ),
    t('Make the firmware smaller, or the slot larger.'),
  ],
  'mcuboot.encryption-key': ({ kind, reason }, t) => [
    t('The image can’t be encrypted for a key of kind {0}: {1}.', kind, withoutStop(reason)),
    t('Give the public half of the key that the bootloader decrypts with.'),
  ],
  'mcuboot.sample-key': ({ sample }, t) => [
    t('The key is MCUboot’s published sample key {0}; anybody can sign with it.', sample),
    t('Generate a key of your own and build the bootloader with its public half.'),
  ],
  'mcuboot.key-type': ({ kind }, t) => [
    t('MCUboot images are not signed with keys of kind {0}.', kind),
    t('Use an Ed25519, P-256, P-384, RSA-2048 or RSA-3072 key.'),
  ],
  'mcuboot.malformed': ({ reason }, t) => [
    t('The file is no well-formed MCUboot image: {0}.', withoutStop(reason)),
    t('Sign the firmware again; the file may be damaged.'),
  ],
  'mcuboot.truncated': ({ what, end, bytes }, t) => [
    t('The MCUboot image is cut off: its {0} end at byte {1}, but the file has only {2}.', what, end, bytes),
    t('Copy or sign it again.'),
  ],
  'mcuboot.trailing-bytes': ({ bytes }, t) => [
    t('{0} bytes follow the MCUboot image that are neither erased flash nor a trailer.', bytes),
    t('Sign the firmware again; the file may be damaged.'),
  ],
  'mcuboot.no-hash': (_details, t) => [
    t('The MCUboot image does not have the one hash that it needs.'),
    t('Sign the firmware again.'),
  ],
  'mcuboot.hash-mismatch': (_details, t) => [
    t('The MCUboot image was changed: its hash does not match.'),
    t('Copy or sign it again.'),
  ],
  'mcuboot.unsigned': (_details, t) => [
    t('The MCUboot image does not have the one signature that it needs.'),
    t('Sign the firmware; a hash alone protects from nobody.'),
  ],
  'mcuboot.untrusted-key': ({ keyHash }, t) => [
    keyHash === undefined
      ? t('The MCUboot image does not say which key signed it.')
      : t('The MCUboot image is signed with key {0}, which is not trusted.', keyHash.slice(0, 16)),
    t('Sign it with the key whose public half the bootloader has, or trust this one.'),
  ],
  'mcuboot.bad-signature': ({ keyHash }, t) => [
    t('The signature of the MCUboot image by key {0} is wrong.', keyHash.slice(0, 16)),
    t('The signature was changed or made by another key; sign the firmware again.'),
  ],
  'mcuboot.algorithm-mismatch': ({ algorithm, keyType }, t) => [
    t('The MCUboot image has a signature {0}, but the key it names is of type {1}.', algorithm, keyType),
    t('Sign the firmware again with a key of the type that the bootloader was built for.'),
  ],
  'mcuboot.counter-too-low': ({ counter, minimum }, t) => [
    t('The security counter of the MCUboot image is {0}; at least {1} is needed.', counter, minimum),
    t('Sign the firmware with a higher security counter; a board never goes back.'),
  ],
  'mcuboot.encrypted': (_details, t) => [
    t('The MCUboot image is encrypted: without the bootloader’s private key its hash can’t be checked.'),
    t('Give that key as well, or check the image before it is encrypted.'),
  ],
  'mcuboot.decryption': (_details, t) => [
    t('The MCUboot image is not encrypted for that key, or was changed.'),
    t('Give the private key whose public half the image was encrypted for.'),
  ],
  'mcuboot.decompression': ({ reason }, t) => [
    t('The MCUboot image can’t be decompressed: {0}.', withoutStop(reason)),
    t('Sign the firmware again.'),
  ],
};
