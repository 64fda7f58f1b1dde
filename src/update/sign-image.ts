import type { FirmwareImage } from '../image/read-image';
import { sequenceIdOf, type SequenceStore } from '../manifest/sequence-store';
import { createEnvelope } from '../manifest/suit-encode';
import type { Signer } from '../manifest/types';
import { classIdOf, vendorIdOf } from '../manifest/uuid';

/** SUIT component of the application image. */
const componentId: readonly string[] = ['app'];

/** For whom an image is: what the ids of vendor and class are made of. */
export interface Target {
  readonly vendorDomain: string;
  readonly className: string;
}

export interface SignImageOptions extends Target {
  readonly signer: Signer;
  readonly sequences: SequenceStore;
  /** Taken instead of the next one; the next one will be above it. */
  readonly sequence?: number;
  /** Said of images that do not say their version themselves. */
  readonly version?: string;
}

export interface SignedImage {
  /** The envelope. */
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly version?: string;
}

/** Puts an image into a signed envelope with a sequence number of its own. Errors as `createEnvelope`, `SequenceStore`. */
export async function signImage(image: FirmwareImage, options: SignImageOptions): Promise<SignedImage> {
  const { vendorDomain, className, signer, sequences } = options;
  const vendorId = vendorIdOf(vendorDomain);
  const classId = classIdOf(vendorId, className);
  const sequenceId = sequenceIdOf(vendorId, classId);
  if (options.sequence !== undefined) await sequences.raiseTo(sequenceId, options.sequence);
  const sequence = options.sequence ?? (await sequences.next(sequenceId));
  const version = image.appInfo?.version ?? options.version;
  const bytes = await createEnvelope(
    {
      payload: image.bytes,
      sequence,
      vendorId,
      classId,
      componentId,
      vendorDomain,
      modelName: className,
      ...(version !== undefined && { version }),
    },
    signer,
  );
  return { bytes, sequence, ...(version !== undefined && { version }) };
}
