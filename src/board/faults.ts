import type { Impairments } from '../link/memory-link';

/** Ways in which a virtual board can be told to misbehave. All of them are things real boards do. */
export interface Faults {
  /** Frames that are lost, changed or late, in both directions. */
  readonly impairments?: Impairments;
  /** Of the impairments' random numbers. */
  readonly seed?: number;
  /** Downloads end in State 0 with this Update Result, 2 to 9, after a 2.04 to the last block. */
  readonly downloadResult?: number;
  /** Update ends with this Update Result: 8 and others after the reboot with the old image, 11 at once. */
  readonly updateResult?: number;
  /** Install of software ends with this Update Result (9/x/9), its package still delivered. */
  readonly installResult?: number;
  /** As `installResult`, of an uninstallation for an update. */
  readonly uninstallResult?: number;
  /** Puts an Update off once, for that long, ms. */
  readonly deferMs?: number;
  /** Firmware Update Delivery Method (5/0/9): 0 pull only, 1 push only. */
  readonly delivery?: 0 | 1;
  /** Firmware Update Protocol Support (5/0/8), instead of what it has. */
  readonly protocols?: readonly number[];
  /** Loses power when it is given the block of this number, and comes back with its old image. */
  readonly resetAtBlock?: number;
  /** How often `resetAtBlock` happens; every time by default. */
  readonly resetTimes?: number;
  /** Refuses these objects when it is bootstrapped. */
  readonly refusesObjects?: readonly number[];
  /** Falls silent for good from the block of this number on. */
  readonly vanishAtBlock?: number;
  /** Answers 4.13 to blocks larger than 2^(szx + 4) bytes, with or without the Block1 option that says so. */
  readonly tooLarge?: { readonly szx: number; readonly hint: boolean };
  /** Answers 5.03 this many times to the block of that number. */
  readonly busyAtBlock?: { readonly num: number; readonly times: number };
  /** Answers 4.08 once to the block of this number. */
  readonly incompleteAtBlock?: number;
  /** Sends no notifications. */
  readonly loseNotifications?: boolean;
  /** Takes the Update and never comes back. */
  readonly neverReturns?: boolean;
  /** Says that it takes patches, and finds each one made for another image. */
  readonly refusesPatches?: boolean;
  /** Boots the new image, which does not confirm itself: the bootloader rolls back. */
  readonly rollsBack?: boolean;
}
