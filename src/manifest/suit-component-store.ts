import { SlipwayError } from '../base/errors';
import { malformed } from './cbor-shape';
import { decryptPayload } from './cose-encrypt';
import { manifestKey } from './suit-constants';
import { sha256 } from './suit-digest';
import { checkIndex, type Parameters } from './suit-parameters';
import { baseDigest, type PatchRole, patchRole } from './suit-patch';
import { baseBytes, patchedImage } from './suit-patched';
import type { VerifyPolicy } from './types';

/** A component while the commands of a manifest run. */
export interface Component {
  readonly id: readonly string[];
  readonly role: PatchRole | undefined;
  parameters: Parameters;
  image: { readonly bytes: Uint8Array; readonly sha256: Uint8Array; readonly encrypted: boolean } | undefined;
  /** Those that a condition has compared. */
  vendorId: Uint8Array | undefined;
  classId: Uint8Array | undefined;
  /** The image is what the manifest says, by a condition in the sequences that run at each start. */
  validated: boolean;
  /** It is only on the way to another component. */
  isSource: boolean;
}

/** What the commands came to for one component. */
export interface ProcessedComponent {
  /** As in the manifest. */
  readonly index: number;
  readonly vendorId: Uint8Array;
  readonly classId: Uint8Array;
  readonly payload: Uint8Array;
  readonly payloadSha256: Uint8Array;
  readonly encrypted: boolean;
}

/** What a recipient has, as far as the policy says: keys, images and room. */
export type Holdings = Pick<VerifyPolicy, 'decryptionKeys' | 'running' | 'installed' | 'capacity'>;

/**
 * The components of a manifest, and the images that its directives put into them (§8.4.10). Nothing is put anywhere
 * before vendor and class were compared: the directives throw `suit.missing-condition` then. All of it is in memory.
 */
export class ComponentStore {
  readonly components: readonly Component[];
  /** URIs of the payloads that the manifest speaks for. */
  private readonly named = new Set<string>();

  constructor(
    componentIds: readonly (readonly string[])[],
    private readonly payloads: ReadonlyMap<string, Uint8Array>,
    private readonly holdings: Holdings,
  ) {
    this.components = componentIds.map((id, index) => {
      const role = patchRole(id);
      const there = role === 'running' ? holdings.running : index === 0 ? holdings.installed : undefined;
      return {
        id,
        role,
        parameters: {},
        image: there && { bytes: baseBytes(there), sha256: baseDigest(there), encrypted: false },
        vendorId: undefined,
        classId: undefined,
        validated: false,
        isSource: role === 'running',
      };
    });
  }

  /** The manifest speaks for the payload of that URI, whether it is fetched here or not. */
  name(uri: string): void {
    this.named.add(uri);
  }

  /** Fetch: takes the payload that came with the manifest. Errors: `suit.payload-missing`. */
  fetch(component: Component): void {
    const { uri } = component.parameters;
    if (uri === undefined) throw malformed('fetch without a URI');
    const payload = this.payloads.get(uri);
    if (!payload) {
      this.identity(component);
      throw new SlipwayError('suit.payload-missing', { uri });
    }
    this.name(uri);
    this.put(component, payload);
  }

  /** Write: takes the content that is in the manifest itself. */
  write(component: Component): void {
    const { content } = component.parameters;
    if (!content) throw malformed('write without content');
    this.put(component, content);
  }

  /** Copy, in the sequence of that key; out of a patch through the decoder. */
  copy(component: Component, key: number): void {
    const source = this.sourceOf(component, 'copy');
    // What is loaded into memory at a start stays installed where it is.
    source.isSource ||= key !== manifestKey.load;
    const { bytes } = source.image!;
    const { size } = component.parameters;
    this.put(component, source.role === 'patch' ? patchedImage(bytes, size, this.holdings) : bytes);
  }

  /** Swap: the images change places. */
  swap(component: Component): void {
    const source = this.sourceOf(component, 'swap');
    this.identity(component);
    [component.image, source.image] = [source.image, component.image];
    component.validated = false;
    source.validated = false;
    component.isSource = false;
    source.isSource = true;
  }

  /**
   * Those that are installed, in the manifest's order; at least one. Errors: `suit.malformed` for a payload that
   * nothing authenticates, `suit.missing-condition`, `suit.payload-missing`.
   */
  installed(): readonly [ProcessedComponent, ...ProcessedComponent[]] {
    for (const uri of this.holdings.installed ? [] : this.payloads.keys()) {
      // Nothing authenticates a payload that the manifest doesn't fetch.
      if (!this.named.has(uri)) throw malformed(`payload ${uri} is not fetched by the manifest`);
    }
    const [first, ...others] = this.components.flatMap((component, index) => {
      const { image, isSource, validated } = component;
      if (!image || isSource) return [];
      if (!validated) throw missingCondition('image-match');
      const { bytes: payload, sha256: payloadSha256, encrypted } = image;
      return { ...this.identity(component), index, payload, payloadSha256, encrypted };
    });
    if (!first) throw new SlipwayError('suit.payload-missing', { uri: '' });
    return [first, ...others];
  }

  /** Puts an image into a component; decrypts it first where the parameters say that it is encrypted. */
  private put(component: Component, bytes: Uint8Array): void {
    this.identity(component);
    const { encryptionInfo } = component.parameters;
    const plain = encryptionInfo
      ? decryptPayload(bytes, encryptionInfo, this.holdings.decryptionKeys ?? [])
      : bytes;
    component.image = { bytes: plain, sha256: sha256(plain), encrypted: encryptionInfo !== undefined };
    component.validated = false;
    component.isSource = false;
  }

  private sourceOf(component: Component, directive: string): Component {
    const { source } = component.parameters;
    if (source === undefined) throw malformed(`${directive} without a source component`);
    const found = this.components[checkIndex(source, this.components.length)]!;
    if (!found.image) throw new SlipwayError('suit.payload-missing', { uri: '' });
    return found;
  }

  /**
   * Vendor and class must have been checked before anything is touched (§7.1, compatibility check): for the component,
   * or for another one of the same board, as the draft's own examples do.
   */
  private identity(component: Component): { readonly vendorId: Uint8Array; readonly classId: Uint8Array } {
    const vendorId = component.vendorId ?? this.checked('vendorId');
    const classId = component.classId ?? this.checked('classId');
    if (!vendorId) throw missingCondition('vendor-identifier');
    if (!classId) throw missingCondition('class-identifier');
    return { vendorId, classId };
  }

  private checked(id: 'vendorId' | 'classId'): Uint8Array | undefined {
    return this.components.find((component) => component[id])?.[id];
  }
}

function missingCondition(name: string): SlipwayError {
  return new SlipwayError('suit.missing-condition', { condition: name });
}
