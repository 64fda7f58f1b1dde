import { createHash } from 'node:crypto';
import { SlipwayError } from '../base/errors';
import { encodeAppInfo, readAppInfo } from '../image/app-info';
import { bringsPatch, isSuitEnvelope } from '../manifest/suit-peek';
import { verifyEnvelope } from '../manifest/suit-verify';
import type { VerifiedComponent, VerifyPolicy } from '../manifest/types';
import type { SlotName, Slots } from './slots';

/** What a board was given at the factory to judge packages by. */
export interface BoardPolicy extends Pick<
  VerifyPolicy,
  'trustAnchors' | 'macKeys' | 'decryptionKeys' | 'roots'
> {
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
}

/** An image that runs, or may run. */
export interface BootableImage {
  readonly version: string;
  readonly banner: string;
  readonly sequence: number;
  /** The image itself. */
  readonly payload: Uint8Array;
  /** Whether the package brought a patch, of which the payload was made. */
  readonly patched: boolean;
  /** Images of other parts of the board that came in the same package, in words. */
  readonly further?: readonly string[];
  /** The same, for whoever takes them: the last part of the component id, and the version of the image. */
  readonly parts?: readonly { readonly name: string; readonly version?: string }[];
}

/** What the board leaves the factory with: not signed, and taken only because it is these very bytes. */
export const factoryImage = encodeAppInfo({
  version: '1.0.0',
  banner: 'Slipway virtual board, factory firmware',
});

export type BootOutcome = 'unchanged' | 'updated' | 'rolled-back' | 'recovered';

export interface Boot {
  readonly image: BootableImage;
  readonly outcome: BootOutcome;
  /** Why the image that should have run does not. */
  readonly reason?: SlipwayError;
}

/** What an update is judged by beside the policy. */
export interface Examination extends Pick<VerifyPolicy, 'running' | 'installed' | 'capacity'> {
  readonly minimumSequence: number;
  readonly slot: SlotName;
}

/**
 * Checks a package as the board does before it lets it near the boot record: signature, vendor, class, digest, and
 * a sequence number not below the minimum. Of a package with an image for each slot it takes that of `slot`; a patch
 * is applied to the image that runs. Throws what `verifyEnvelope` throws.
 */
export function examine(content: Uint8Array, policy: BoardPolicy, examination: Examination): BootableImage {
  if (Buffer.compare(content, factoryImage) === 0) return describe(factoryImage, 0);
  if (!isSuitEnvelope(content)) throw new SlipwayError('suit.unsigned', {});
  const { slot, ...demands } = examination;
  const verified = verifyEnvelope(content, { ...policy, ...demands, slot: slot === 'A' ? 0 : 1 });
  const { payload, sequence, version } = verified;
  const image = { ...describe(payload, sequence, version), patched: bringsPatch(content) };
  const further = verified.components.filter(({ payload }) => payload !== verified.payload);
  if (further.length === 0) return image;
  const parts = further.map(({ componentId, version }) => ({
    name: componentId.at(-1) ?? '',
    ...(version !== undefined && { version }),
  }));
  return { ...image, further: further.map(componentText), parts };
}

/** What the console says of a component for another part of the board. */
function componentText({ componentId, version, payload, payloadSha256 }: VerifiedComponent): string {
  const which = version === undefined ? '' : ` ${version}`;
  return `${componentId.join('/')}${which}: ${payload.length} bytes, SHA-256 ${payloadSha256.slice(0, 12)}`;
}

/** The image's own word on its version counts most, then the manifest's, then what it is. */
function describe(payload: Uint8Array, sequence: number, manifestVersion?: string): BootableImage {
  const info = readAppInfo(payload);
  const digest = createHash('sha256').update(payload).digest('hex').slice(0, 12);
  return {
    version: info?.version ?? manifestVersion ?? digest,
    banner: info?.banner ?? `image ${digest}, ${payload.length} bytes`,
    sequence,
    payload,
    patched: false,
  };
}

/**
 * Chooses what runs: the slot that is to be tried, if it is good and confirms itself (`confirms`), else the active
 * one, else the other, else the factory image. The boot record is brought in line.
 */
export async function boot(slots: Slots, policy: BoardPolicy, confirms: boolean): Promise<Boot> {
  const tried = slots.pending ? attempt(slots, slots.inactive, policy) : undefined;
  if (tried && !(tried instanceof SlipwayError) && confirms) {
    await slots.confirm();
    return { image: tried, outcome: 'updated' };
  }
  if (slots.pending) await slots.rollBack();
  const active = attempt(slots, slots.active, policy);
  if (!(active instanceof SlipwayError)) {
    if (tried === undefined) return { image: active, outcome: 'unchanged' };
    return { image: active, outcome: 'rolled-back', ...(tried instanceof SlipwayError && { reason: tried }) };
  }
  const other = attempt(slots, slots.inactive, policy);
  if (other instanceof SlipwayError) await slots.writeInactive({ bytes: factoryImage });
  await slots.confirm();
  const image = other instanceof SlipwayError ? describe(factoryImage, 0) : other;
  return { image, outcome: 'recovered', reason: active };
}

function attempt(slots: Slots, name: SlotName, policy: BoardPolicy): BootableImage | SlipwayError {
  const content = slots.read(name);
  if (!content) return new SlipwayError('suit.unsigned', {});
  const { image: installed, bytes } = content;
  try {
    return examine(bytes, policy, { minimumSequence: 0, slot: name, ...(installed && { installed }) });
  } catch (error) {
    if (SlipwayError.is(error)) return error;
    throw error;
  }
}
