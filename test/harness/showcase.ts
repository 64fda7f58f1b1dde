import type { FirmwareProject } from './build';
import type { Workbench } from './workbench';

/** A firmware project and its board, as `npm start` shows them. */
export interface Showcase {
  readonly project: FirmwareProject;
  /** As in "The emulated board is starting". */
  readonly board: string;
  /** Title of the command that starts it. */
  readonly startCommand: string;
  /** User settings under which the board starts by itself. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What a visitor may change. */
  readonly change: string;
  /** Rows of the tree to open one after the other, and what has to be seen there then. */
  readonly objects: readonly { readonly open: readonly (string | RegExp)[]; readonly see: RegExp }[];
  /** Changes the source, in the editor, so that the firmware has that version and prints that line when it starts. */
  edit(workbench: Workbench, versions: { readonly from: string; readonly to: string }): Promise<void>;
  /** What the board prints once it runs the version, nothing before. */
  greeting(version: string): string;
}

const firmwareUpdate = { open: ['Firmware Update', /^Instance 0|\/5\/0/], see: /State.*Idle/ } as const;

/** The display's message as the factory has it, and as the demonstration changes it. */
const factoryMessage = 'factory firmware';
const newMessage = 'next train in 2 min';

/** Real firmware for a Cortex-M3 on an emulated machine. */
export const emulatedShowcase: Showcase = {
  project: 'board',
  board: 'emulated board (real firmware for a Cortex-M3, in QEMU)',
  startCommand: 'Slipway: Start Emulated Board',
  settings: { 'slipway.emulatedBoard.startAutomatically': true },
  change:
    'Change app/version.h and app/product.h, push again, and watch the board come back with the new version.',
  objects: [firmwareUpdate, { open: ['Software Management'], see: /Component 0.*Disabled/ }],
  edit: async (workbench, { from, to }) => {
    await workbench.openFile('version.h');
    await workbench.changeText(from, to);
    await workbench.openFile('product.h');
    await workbench.changeText(factoryMessage, newMessage);
  },
  greeting: () => newMessage,
};

/** The sample project, and a board whose firmware is a simulation. */
export const virtualShowcase: Showcase = {
  project: 'sample',
  board: 'virtual board',
  startCommand: 'Slipway: Start Virtual Board',
  settings: { 'slipway.virtualBoard.startAutomatically': true },
  change: 'Change src/main.c, push again, and watch the board come back with the new version.',
  objects: [firmwareUpdate],
  edit: async (workbench, { from, to }) => {
    await workbench.openFile('VERSION');
    await workbench.changeText(from, to);
  },
  greeting: (version) => version,
};
