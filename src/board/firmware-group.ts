import type { AdvancedFirmwareObject, PartVersion } from './advanced-firmware-object';
import { type Outcome, changed } from './board-object';
import type { BootableImage } from './bootloader';

/** Update Results that object 33629 has beyond those of object 5. */
const result = { conflictingState: 12, dependency: 13 } as const;

/** Argument 0 of Update: which instances are updated too. */
const updateArgument = /^0(?:='(<\/33629\/\d+>(?:,<\/33629\/\d+>)*)?')?$/;

/**
 * The components of a board, updated one by one or together: all of them or none. Those that run together must be of
 * one major version.
 */
export class FirmwareGroup {
  private members: readonly AdvancedFirmwareObject[] = [];

  /** `start`: what is to run is installed; the board boots into it. */
  constructor(private readonly start: (parts: ReadonlyMap<number, PartVersion>) => void) {}

  /** The members, in the order of their instances. */
  set(members: readonly AdvancedFirmwareObject[]): void {
    this.members = members;
  }

  /** Keeps Linked Instances at what is updated together by an Update without argument. */
  link(): void {
    const ready = this.members.filter(({ downloaded }) => downloaded !== undefined);
    for (const member of this.members) {
      const others = ready.includes(member) ? ready.filter((other) => other !== member) : [];
      member.showLinked(this.numbersOf(others));
      // What was in the way of the last download says nothing of the next.
      if (!ready.includes(member) && !member.isIdle) member.showConflicting([]);
    }
  }

  /** Gives the images of other components in a package to them; a result where they can't take them. */
  takeParts(member: AdvancedFirmwareObject, image: BootableImage, content: Uint8Array): number | undefined {
    const parts = (image.parts ?? []).flatMap((part) => {
      const of = this.members.find(({ name }) => name === part.name);
      return of && of !== member ? [{ of, part }] : [];
    });
    const taken = parts.filter(({ of }) => !of.isIdle).map(({ of }) => of);
    if (taken.length > 0) {
      member.showConflicting(this.numbersOf(taken));
      return result.conflictingState;
    }
    for (const { of, part } of parts) {
      const version = part.version ?? image.version;
      of.takeWith(content, image, { version, sequence: image.sequence });
    }
    return undefined;
  }

  /** Update of `member`, and of those that its argument names: all that are downloaded where it has none. */
  async update(member: AdvancedFirmwareObject, args: string): Promise<Outcome> {
    const others = this.othersOf(member, args);
    if (!others) return { code: '4.00', diagnostic: 'argument 0 lists instances of this object' };
    if (member.downloaded === undefined) return { code: '4.05' };
    const updated = [member, ...others];
    const missing = others.filter(({ downloaded }) => downloaded === undefined);
    const conflicting = missing.length > 0 ? missing : this.incompatible(updated);
    if (conflicting.length > 0) {
      member.showConflicting(this.numbersOf(conflicting));
      member.fail(result.dependency);
      return changed;
    }
    const parts = new Map<number, PartVersion>();
    for (const part of updated) {
      const { downloaded } = part;
      if (downloaded) parts.set(this.members.indexOf(part), downloaded);
    }
    for (const part of updated) {
      if (!(await part.prepare())) return { code: '5.00', diagnostic: 'the flash could not be written' };
    }
    this.start(parts);
    return changed;
  }

  /** Undefined where the argument is none, or names what is not there. */
  private othersOf(
    member: AdvancedFirmwareObject,
    args: string,
  ): readonly AdvancedFirmwareObject[] | undefined {
    const others = this.members.filter((other) => other !== member);
    if (args === '') return others.filter(({ downloaded }) => downloaded !== undefined);
    const match = updateArgument.exec(args);
    if (!match) return undefined;
    const named = [...(match[1] ?? '').matchAll(/\d+(?=>)/g)].map(([number]) => this.members[Number(number)]);
    if (named.includes(undefined)) return undefined;
    return others.filter((other) => named.includes(other));
  }

  /** Components that would not run with the first of `updated` afterwards. */
  private incompatible(updated: readonly AdvancedFirmwareObject[]): readonly AdvancedFirmwareObject[] {
    const after = (part: AdvancedFirmwareObject): string | undefined => {
      const { version } = (updated.includes(part) ? part.downloaded : undefined) ?? part.current;
      return /^(\d+)\./.exec(version)?.[1];
    };
    const [first] = updated;
    const major = first && after(first);
    if (major === undefined) return [];
    return this.members.filter((part) => (after(part) ?? major) !== major);
  }

  private numbersOf(parts: readonly AdvancedFirmwareObject[]): readonly number[] {
    return parts.map((part) => this.members.indexOf(part));
  }
}
