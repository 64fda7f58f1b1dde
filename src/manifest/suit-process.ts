import { type ErrorCode, SlipwayError } from '../base/errors';
import type { CborValue } from './canonical-cbor';
import { asUint, malformed } from './cbor-shape';
import { decryptPayload } from './cose-encrypt';
import { condition, directive, manifestKey, reportingPolicy } from './suit-constants';
import { equalBytes, sha256 } from './suit-digest';
import {
  checkIndex,
  componentIndices,
  innerSequences,
  type Parameters,
  readParameters,
} from './suit-parameters';
import type { Command, ParsedManifest } from './suit-parse';
import { baseDigest, type PatchRole, patchRole } from './suit-patch';
import { baseBytes, matchRunning, patchedImage } from './suit-patched';
import type { VerifyPolicy } from './types';
import { formatUuid } from './uuid';

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

/** What the commands of a manifest came to. */
export interface ProcessedManifest {
  /** Those that are installed, in the manifest's order; at least one. */
  readonly components: readonly ProcessedComponent[];
  /** The one that is started; the first if none is. */
  readonly main: ProcessedComponent;
}

/** What a recipient is and has, as far as the policy says. */
export type Recipient = Pick<
  VerifyPolicy,
  'vendorId' | 'classId' | 'deviceId' | 'slot' | 'decryptionKeys' | 'running' | 'installed' | 'capacity'
>;

/**
 * Runs the commands of an authenticated manifest as a recipient with the policy's vendor, class, device and slot would
 * (§6.4), short of writing and starting anything: fetch takes an integrated payload, invoke does nothing. A
 * condition on something that the policy leaves out holds.
 *
 * Errors: `suit.vendor-mismatch`, `suit.class-mismatch`, `suit.condition-failed`, `suit.missing-condition`,
 * `suit.payload-missing` (with an empty URI if the manifest fetches nothing), `suit.payload-size`,
 * `suit.digest-mismatch`, `suit.component-index`, `suit.member-missing`, `suit.unsupported`, `suit.malformed`,
 * `suit.wrong-base` where a patch is for another image than the one that runs, and those of `decryptPayload` and
 * `patchedImage`.
 */
export function processManifest(
  manifest: ParsedManifest,
  payloads: ReadonlyMap<string, Uint8Array>,
  recipient: Recipient,
): ProcessedManifest {
  const missing = manifest.missing.find((key) => key !== manifestKey.text);
  if (missing !== undefined) {
    const member = missing === manifestKey.install ? 'install' : 'payload-fetch';
    throw new SlipwayError('suit.member-missing', { member });
  }
  const processor = new Processor(manifest, payloads, recipient);
  for (const [key, commands] of manifest.sequences) {
    if (!recipient.installed || !installing.has(key)) processor.run(commands, key);
  }
  return processor.result();
}

/** Sequences of the update procedure alone (§6.2). */
const installing: ReadonlySet<number> = new Set([manifestKey.payloadFetch, manifestKey.install]);

/** A component while it is processed. */
interface Component {
  parameters: Parameters;
  image: { readonly bytes: Uint8Array; readonly sha256: Uint8Array; readonly encrypted: boolean } | undefined;
  vendorId: Uint8Array | undefined;
  classId: Uint8Array | undefined;
  /** The image is what the manifest says, by a condition in the sequences that run at each start. */
  validated: boolean;
  /** It is only on the way to another component. */
  isSource: boolean;
  readonly role: PatchRole | undefined;
}

/** Codes of failures that another sequence of a try-each may make up for (§8.4.8.12). */
const softFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'suit.vendor-mismatch',
  'suit.class-mismatch',
  'suit.condition-failed',
  'suit.digest-mismatch',
  'suit.payload-size',
  'suit.payload-missing',
  'suit.wrong-base',
]);

class Processor {
  private readonly components: readonly Component[];
  private current: readonly number[] = [0];
  private softFailure = false;
  /** Sequences around the one that runs. */
  private depth = 0;
  private invoked: number | undefined;
  private readonly namedPayloads = new Set<string>();

  constructor(
    private readonly manifest: ParsedManifest,
    private readonly payloads: ReadonlyMap<string, Uint8Array>,
    private readonly recipient: Recipient,
  ) {
    this.components = manifest.componentIds.map((id, index) => {
      const role = patchRole(id);
      const there = role === 'running' ? recipient.running : index === 0 ? recipient.installed : undefined;
      return {
        parameters: {},
        image: there && { bytes: baseBytes(there), sha256: baseDigest(there), encrypted: false },
        vendorId: undefined,
        classId: undefined,
        validated: false,
        isSource: role === 'running',
        role,
      };
    });
  }

  /** One procedure: the shared sequence goes before every other, and parameters start anew (§6.4). */
  run(commands: readonly Command[], key: number): void {
    for (const component of this.components) component.parameters = {};
    this.current = [0];
    this.softFailure = false;
    this.execute(this.manifest.shared, key);
    this.current = [0];
    this.execute(commands, key);
  }

  result(): ProcessedManifest {
    for (const uri of this.recipient.installed ? [] : this.payloads.keys()) {
      // Nothing authenticates a payload that the manifest doesn't fetch.
      if (!this.namedPayloads.has(uri)) throw malformed(`payload ${uri} is not fetched by the manifest`);
    }
    const installed = this.components.flatMap((component, index) => {
      const { image, isSource, validated } = component;
      if (!image || isSource) return [];
      if (!validated) throw missingCondition('image-match');
      return { ...this.identity(component), ...resultOf(image), index };
    });
    const [first] = installed;
    if (!first) throw new SlipwayError('suit.payload-missing', { uri: '' });
    return { components: installed, main: installed.find(({ index }) => index === this.invoked) ?? first };
  }

  private execute(commands: readonly Command[], key: number): void {
    for (const command of commands) this.executeOne(command, key);
  }

  private executeOne(command: Command, key: number): void {
    const { code, argument } = command;
    switch (code) {
      case directive.setComponentIndex:
        this.current = componentIndices(argument, this.components.length);
        return;
      case directive.tryEach:
        return this.tryEach(command, key);
      case directive.runSequence:
        return this.runSequence(command, key);
      case directive.overrideParameters:
      case directive.setParameters:
        return this.setParameters(readParameters(argument, this.manifest.dialect), code);
    }
    if (asUint(argument, 'reporting policy') > reportingPolicy.all) {
      // SUIT_Rep_Policy (§8.4.7).
      throw malformed('reporting policy has unknown bits');
    }
    for (const index of this.current) this.executeOn(index, code, key);
  }

  private executeOn(index: number, code: number, key: number): void {
    const component = this.components[index]!;
    switch (code) {
      case condition.vendorIdentifier:
        return this.matchVendor(component);
      case condition.classIdentifier:
        return this.matchClass(component);
      case condition.imageMatch:
        if (component.role === 'running') matchRunning(component.parameters.digest, component.image?.sha256);
        else matchImage(component);
        component.validated ||= key === manifestKey.validate || key === manifestKey.load;
        return;
      case condition.componentSlot:
        return this.demand(matches(this.recipient.slot, component.parameters.slot, 'slot'), index, 'slot');
      case condition.deviceIdentifier: {
        const { deviceId } = component.parameters;
        if (!deviceId) throw malformed('device condition without a device id');
        const expected = this.recipient.deviceId;
        return this.demand(!expected || equalBytes(expected, deviceId), index, 'device');
      }
      case condition.checkContent: {
        const { content } = component.parameters;
        if (!content) throw malformed('check-content without content');
        return this.demand(equalBytes(content, component.image?.bytes ?? new Uint8Array()), index, 'content');
      }
      case condition.abort:
        return this.demand(false, index, 'abort');
      case directive.fetch:
        return this.fetch(component);
      case directive.write:
        return this.write(component);
      case directive.copy:
        return this.copy(component, key);
      case directive.swap:
        return this.swap(component);
      case directive.invoke:
        this.invoked = index;
        return;
      default:
        throw new SlipwayError('suit.unsupported', { what: `command ${code}` });
    }
  }

  private setParameters({ softFailure, ...set }: Parameters, code: number): void {
    if (softFailure !== undefined) this.softFailure = softFailure;
    for (const index of this.current) {
      const component = this.components[index]!;
      const { parameters } = component;
      component.parameters =
        code === directive.setParameters ? { ...set, ...parameters } : { ...parameters, ...set };
    }
  }

  /** The first alternative whose conditions hold; a null at the end allows that none does (§8.4.10.2). */
  private tryEach(command: Command, key: number): void {
    const alternatives = innerSequences(command, this.manifest.dialect, this.depth);
    for (const alternative of alternatives) this.nameUris(alternative, this.depth + 1);
    const succeeded = alternatives.some((commands) => this.attempt(commands, key, true));
    const mayFail = (command.argument as readonly CborValue[]).at(-1) === null;
    if (!succeeded && !mayFail) this.demand(false, this.current[0]!, 'try-each');
  }

  /** A condition that fails ends all, unless the sequence says otherwise (§8.4.10.8, §8.4.8.12). */
  private runSequence(command: Command, key: number): void {
    for (const commands of innerSequences(command, this.manifest.dialect, this.depth)) {
      this.attempt(commands, key, false);
    }
  }

  private attempt(commands: readonly Command[], key: number, softFailure: boolean): boolean {
    const before = { current: this.current, softFailure: this.softFailure };
    this.softFailure = softFailure;
    this.depth++;
    try {
      this.execute(commands, key);
      return true;
    } catch (error) {
      if (!this.softFailure || !SlipwayError.is(error) || !softFailures.has(error.code)) throw error;
      return false;
    } finally {
      this.depth--;
      this.current = before.current;
      this.softFailure = before.softFailure;
    }
  }

  /** An alternative that isn't taken names its payload all the same, which is for boards that do take it. */
  private nameUris(commands: readonly Command[], depth: number): void {
    for (const command of commands) {
      if (command.code === directive.overrideParameters) {
        const { uri } = readParameters(command.argument, this.manifest.dialect);
        if (uri !== undefined) this.namedPayloads.add(uri);
      }
      for (const inner of innerSequences(command, this.manifest.dialect, depth)) {
        this.nameUris(inner, depth + 1);
      }
    }
  }

  private matchVendor(component: Component): void {
    const actual = component.parameters.vendorId;
    if (!actual) throw malformed('vendor condition without a vendor id');
    const expected = this.recipient.vendorId;
    if (expected && !equalBytes(expected, actual)) {
      throw new SlipwayError('suit.vendor-mismatch', {
        expected: formatUuid(expected),
        actual: formatUuid(actual),
      });
    }
    component.vendorId = actual;
  }

  private matchClass(component: Component): void {
    const actual = component.parameters.classId;
    if (!actual) throw malformed('class condition without a class id');
    const expected = this.recipient.classId;
    if (expected && !equalBytes(expected, actual)) {
      throw new SlipwayError('suit.class-mismatch', {
        expected: formatUuid(expected),
        actual: formatUuid(actual),
      });
    }
    component.classId = actual;
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

  private fetch(component: Component): void {
    const { uri } = component.parameters;
    if (uri === undefined) throw malformed('fetch without a URI');
    const payload = this.payloads.get(uri);
    if (!payload) {
      this.identity(component);
      throw new SlipwayError('suit.payload-missing', { uri });
    }
    this.namedPayloads.add(uri);
    this.store(component, payload);
  }

  private write(component: Component): void {
    const { content } = component.parameters;
    if (!content) throw malformed('write without content');
    this.store(component, content);
  }

  private copy(component: Component, key: number): void {
    const source = this.source(component, 'copy');
    // What is loaded into memory at a start stays installed where it is.
    source.isSource ||= key !== manifestKey.load;
    const { bytes } = source.image!;
    // What is copied out of the patch goes through the decoder.
    const { size } = component.parameters;
    this.store(component, source.role === 'patch' ? patchedImage(bytes, size, this.recipient) : bytes);
  }

  private swap(component: Component): void {
    const source = this.source(component, 'swap');
    this.identity(component);
    [component.image, source.image] = [source.image, component.image];
    component.validated = false;
    source.validated = false;
    component.isSource = false;
    source.isSource = true;
  }

  private source(component: Component, name: string): Component {
    const { source } = component.parameters;
    if (source === undefined) throw malformed(`${name} without a source component`);
    const found = this.components[checkIndex(source, this.components.length)]!;
    if (!found.image) throw new SlipwayError('suit.payload-missing', { uri: '' });
    return found;
  }

  /** Puts an image into a component; decrypts it first where the parameters say that it is encrypted. */
  private store(component: Component, bytes: Uint8Array): void {
    this.identity(component);
    const { encryptionInfo } = component.parameters;
    const plain = encryptionInfo
      ? decryptPayload(bytes, encryptionInfo, this.recipient.decryptionKeys ?? [])
      : bytes;
    component.image = { bytes: plain, sha256: sha256(plain), encrypted: encryptionInfo !== undefined };
    component.validated = false;
    component.isSource = false;
  }

  private demand(
    holds: boolean,
    index: number,
    name: 'slot' | 'device' | 'content' | 'abort' | 'try-each',
  ): void {
    if (holds) return;
    const component = this.manifest.componentIds[index]!.join('/');
    throw new SlipwayError('suit.condition-failed', { condition: name, component });
  }
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

function matches(actual: number | undefined, wanted: number | undefined, name: string): boolean {
  if (wanted === undefined) throw malformed(`${name} condition without a ${name}`);
  return actual === undefined || actual === wanted;
}

function resultOf(
  image: NonNullable<Component['image']>,
): Omit<ProcessedComponent, 'index' | 'vendorId' | 'classId'> {
  return { payload: image.bytes, payloadSha256: image.sha256, encrypted: image.encrypted };
}

function missingCondition(name: string): SlipwayError {
  return new SlipwayError('suit.missing-condition', { condition: name });
}
