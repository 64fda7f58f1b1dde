import type { FirmwareImage } from '../image/read-image';
import { sequenceIdOf, type SequenceStore } from '../manifest/sequence-store';
import { createPackage } from '../manifest/suit-encode';
import type { PackageOptions } from '../manifest/types';
import { classIdOf, vendorIdOf } from '../manifest/uuid';
import type { FurtherComponent } from './component-file';

/** SUIT component of the application image. */
const componentId: readonly string[] = ['app'];

/** For whom an image is: what the ids of vendor and class are made of. */
export interface Target {
  readonly vendorDomain: string;
  readonly className: string;
}

export interface SignImageOptions extends Target, PackageOptions {
  readonly sequences: SequenceStore;
  /** Taken instead of the next one; the next one will be above it. */
  readonly sequence?: number;
  /** Said of images that do not say their version themselves. */
  readonly version?: string;
  /** Images for the same boards in the same package; they are installed before the application. */
  readonly components?: readonly FurtherComponent[];
}

export interface SignedImage {
  /** The envelope. */
  readonly bytes: Uint8Array;
  readonly sequence: number;
  readonly version?: string;
}

/** Puts images into a signed envelope with a sequence number of its own. Errors as `createPackage`, `SequenceStore`. */
export async function signImage(image: FirmwareImage, options: SignImageOptions): Promise<SignedImage> {
  const { vendorDomain, className, sequences, components = [] } = options;
  const vendorId = vendorIdOf(vendorDomain);
  const classId = classIdOf(vendorId, className);
  const sequenceId = sequenceIdOf(vendorId, classId);
  if (options.sequence !== undefined) await sequences.raiseTo(sequenceId, options.sequence);
  const sequence = options.sequence ?? (await sequences.next(sequenceId));
  const version = image.appInfo?.version ?? options.version;
  const target = { vendorId, classId, vendorDomain, modelName: className };
  const app = { payload: image.bytes, componentId, ...(version !== undefined && { version }) };
  const further = components.map(({ name, bytes: payload, ...texts }) => ({
    payload,
    componentId: [name],
    ...texts,
  }));
  const content = { sequence, components: [app, ...further].map((part) => ({ ...target, ...part })) };
  const bytes = await createPackage(content, options);
  return { bytes, sequence, ...(version !== undefined && { version }) };
}
