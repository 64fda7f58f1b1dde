import type * as serialport from 'serialport';
import { SlipwayError } from '../base/errors';
import { reasonOf } from './link-lifecycle';

/**
 * The serialport package, loaded when first needed: where its native binding can't be loaded, only serial links
 * fail. Rejects `link.failed`.
 */
export async function loadSerialPort(link: string): Promise<typeof serialport> {
  try {
    return await import('serialport');
  } catch (cause) {
    throw new SlipwayError(
      'link.failed',
      { link, reason: `the serial port driver can't be loaded: ${reasonOf(cause)}` },
      { cause },
    );
  }
}
