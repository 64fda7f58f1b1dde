import type { Link } from '../link/link';
import { BoardConsole } from './board-console';
import type { VirtualBoardOptions } from './board-options';
import { FirmwareParts } from './firmware-parts';
import { impairLink } from './impaired-link';
import { Provisioning } from './provisioning';
import { SleepyLink } from './sleepy-link';
import { Slots } from './slots';

/** What stays of a board from one boot to the next. */
export interface BoardHardware {
  readonly options: VirtualBoardOptions;
  /** The board's end of the line, with what happens to datagrams on their way. */
  readonly link: Link;
  /** Its radio, where it is in queue mode. */
  readonly radio: SleepyLink | undefined;
  readonly console: BoardConsole;
  readonly slots: Slots;
  /** The microcontrollers of object 33629, where it has more than one. */
  readonly parts: FirmwareParts | undefined;
  readonly provisioning: Provisioning;
}

/** A board as it leaves the factory; its flash is still to be opened. */
export function assemble(options: VirtualBoardOptions): BoardHardware {
  const { clock, policy, faults, awakeMs, slotBytes = 1024 * 1024, flashFolder } = options;
  const radio = awakeMs === undefined ? undefined : new SleepyLink(options.link, clock, awakeMs);
  const line = radio ?? options.link;
  const link = faults?.impairments ? impairLink(line, faults.impairments, clock, faults.seed) : line;
  return {
    options,
    link,
    radio,
    console: new BoardConsole(link),
    slots: new Slots(slotBytes, flashFolder),
    parts: options.components ? new FirmwareParts() : undefined,
    provisioning: new Provisioning(policy, options.bootstrap ?? false),
  };
}
