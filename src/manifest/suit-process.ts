import { type ErrorCode, SlipwayError } from '../base/errors';
import type { CborValue } from './canonical-cbor';
import { asUint, malformed } from './cbor-shape';
import {
  type Component,
  ComponentStore,
  type Holdings,
  type ProcessedComponent,
} from './suit-component-store';
import { type RecipientIdentity, checkCondition, demand } from './suit-conditions';
import { condition, directive, manifestKey, reportingPolicy } from './suit-constants';
import { componentIndices, innerSequences, type Parameters, readParameters } from './suit-parameters';
import type { Command, ParsedManifest } from './suit-parse';

/** What the commands of a manifest came to. */
export interface ProcessedManifest {
  /** Those that are installed, in the manifest's order; at least one. */
  readonly components: readonly ProcessedComponent[];
  /** The one that is started; the first if none is. */
  readonly main: ProcessedComponent;
}

/** What a recipient is and has, as far as the policy says. */
export type Recipient = RecipientIdentity & Holdings;

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

/** Interprets the commands, on the components that they select (§6.4). */
class Processor {
  private readonly store: ComponentStore;
  private current: readonly number[] = [0];
  private softFailure = false;
  /** Sequences around the one that runs. */
  private depth = 0;
  private invoked: number | undefined;

  constructor(
    private readonly manifest: ParsedManifest,
    payloads: ReadonlyMap<string, Uint8Array>,
    private readonly recipient: Recipient,
  ) {
    this.store = new ComponentStore(manifest.componentIds, payloads, recipient);
  }

  /** One procedure: the shared sequence goes before every other, and parameters start anew (§6.4). */
  run(commands: readonly Command[], key: number): void {
    for (const component of this.store.components) component.parameters = {};
    this.current = [0];
    this.softFailure = false;
    this.execute(this.manifest.shared, key);
    this.current = [0];
    this.execute(commands, key);
  }

  result(): ProcessedManifest {
    const components = this.store.installed();
    return { components, main: components.find(({ index }) => index === this.invoked) ?? components[0] };
  }

  private execute(commands: readonly Command[], key: number): void {
    for (const command of commands) this.executeOne(command, key);
  }

  private executeOne(command: Command, key: number): void {
    const { code, argument } = command;
    switch (code) {
      case directive.setComponentIndex:
        this.current = componentIndices(argument, this.store.components.length);
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
    const component = this.component(index);
    switch (code) {
      case directive.fetch:
        return this.store.fetch(component);
      case directive.write:
        return this.store.write(component);
      case directive.copy:
        return this.store.copy(component, key);
      case directive.swap:
        return this.store.swap(component);
      case directive.invoke:
        this.invoked = index;
        return;
      default:
        checkCondition(code, component, this.recipient);
    }
    if (code === condition.imageMatch) {
      component.validated ||= key === manifestKey.validate || key === manifestKey.load;
    }
  }

  private setParameters({ softFailure, ...set }: Parameters, code: number): void {
    if (softFailure !== undefined) this.softFailure = softFailure;
    for (const index of this.current) {
      const component = this.component(index);
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
    if (!succeeded && !mayFail) demand(false, this.component(this.current[0]!), 'try-each');
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
        if (uri !== undefined) this.store.name(uri);
      }
      for (const inner of innerSequences(command, this.manifest.dialect, depth)) {
        this.nameUris(inner, depth + 1);
      }
    }
  }

  private component(index: number): Component {
    return this.store.components[index]!;
  }
}
