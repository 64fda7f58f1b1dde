import { readImageFile } from '../image/read-image';

/** An image that goes into a package beside the application's. */
export interface FurtherComponent {
  /** Its component id in the manifest. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly version?: string;
}

/**
 * Reads the image of a further component, of every kind that an application may be: an MCUboot image stays as it is,
 * for the other core's own bootloader. Errors as `readImageFile`.
 */
export async function readComponentFile(name: string, file: string): Promise<FurtherComponent> {
  const { bytes, appInfo } = await readImageFile(file);
  return { name, bytes, ...(appInfo && { version: appInfo.version }) };
}
