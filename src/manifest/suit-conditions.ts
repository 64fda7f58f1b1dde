import { SlipwayError } from '../base/errors';
import { malformed } from './cbor-shape';
import type { Component } from './suit-component-store';
import { condition } from './suit-constants';
import { equalBytes } from './suit-digest';
import { matchRunning } from './suit-patched';
import type { VerifyPolicy } from './types';
import { formatUuid } from './uuid';

/** What a recipient is, as far as the policy says. */
export type RecipientIdentity = Pick<VerifyPolicy, 'vendorId' | 'classId' | 'deviceId' | 'slot'>;

/**
 * Checks a condition (§8.4.9) on a component, and keeps in it what vendor and class it was found to be for. A condition
 * on something that the policy leaves out holds.
 * Errors: `suit.vendor-mismatch`, `suit.class-mismatch`, `suit.condition-failed`, `suit.payload-missing`,
 * `suit.payload-size`, `suit.digest-mismatch`, `suit.wrong-base`, `suit.malformed` where the parameter that it compares
 * is not set, `suit.unsupported` for a command that is no condition.
 */
export function checkCondition(code: number, component: Component, recipient: RecipientIdentity): void {
  const { parameters } = component;
  switch (code) {
    case condition.vendorIdentifier:
      component.vendorId = matchVendor(recipient.vendorId, parameters.vendorId);
      return;
    case condition.classIdentifier:
      component.classId = matchClass(recipient.classId, parameters.classId);
      return;
    case condition.imageMatch:
      if (component.role === 'running') matchRunning(parameters.digest, component.image?.sha256);
      else matchImage(component);
      return;
    case condition.componentSlot: {
      const { slot } = parameters;
      if (slot === undefined) throw malformed('slot condition without a slot');
      return demand(recipient.slot === undefined || recipient.slot === slot, component, 'slot');
    }
    case condition.deviceIdentifier: {
      const { deviceId } = parameters;
      if (!deviceId) throw malformed('device condition without a device id');
      const expected = recipient.deviceId;
      return demand(!expected || equalBytes(expected, deviceId), component, 'device');
    }
    case condition.checkContent: {
      const { content } = parameters;
      if (!content) throw malformed('check-content without content');
      return demand(equalBytes(content, component.image?.bytes ?? new Uint8Array()), component, 'content');
    }
    case condition.abort:
      return demand(false, component, 'abort');
    default:
      throw new SlipwayError('suit.unsupported', { what: `command ${code}` });
  }
}

/** Throws `suit.condition-failed` unless what a command says of a component holds. */
export function demand(
  holds: boolean,
  component: Component,
  name: 'slot' | 'device' | 'content' | 'abort' | 'try-each',
): void {
  if (holds) return;
  throw new SlipwayError('suit.condition-failed', { condition: name, component: component.id.join('/') });
}

function matchVendor(expected: Uint8Array | undefined, actual: Uint8Array | undefined): Uint8Array {
  if (!actual) throw malformed('vendor condition without a vendor id');
  if (!expected || equalBytes(expected, actual)) return actual;
  throw new SlipwayError('suit.vendor-mismatch', {
    expected: formatUuid(expected),
    actual: formatUuid(actual),
  });
}

function matchClass(expected: Uint8Array | undefined, actual: Uint8Array | undefined): Uint8Array {
  if (!actual) throw malformed('class condition without a class id');
  if (!expected || equalBytes(expected, actual)) return actual;
  throw new SlipwayError('suit.class-mismatch', {
    expected: formatUuid(expected),
    actual: formatUuid(actual),
  });
}

function matchImage({ parameters, image }: Component): void {
  const { digest, size } = parameters;
  if (!digest) throw malformed('image-match without an image digest');
  if (!image) throw new SlipwayError('suit.payload-missing', { uri: parameters.uri ?? '' });
  const actual = image.bytes.length;
  if (size !== undefined && size !== actual) {
    throw new SlipwayError('suit.payload-size', { expected: size, actual });
  }
  if (!equalBytes(digest, image.sha256)) throw new SlipwayError('suit.digest-mismatch', { what: 'payload' });
}
