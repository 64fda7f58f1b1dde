import type { ErrorCode } from '../base/errors';

/** What a user can do about an error with one press. */
export interface RemedyAction {
  readonly title: string;
  readonly command: string;
  readonly argument?: string;
}

const connectPort: RemedyAction = { title: 'Connect Port…', command: 'slipway.port.connect' };
const startVirtualBoard: RemedyAction = {
  title: 'Start Virtual Board',
  command: 'slipway.board.startVirtual',
};
const buildSettings: RemedyAction = {
  title: 'Open Settings',
  command: 'workbench.action.openSettings',
  argument: 'slipway.build',
};
const boardSettings: RemedyAction = { ...buildSettings, argument: 'slipway.emulatedBoard' };
const startEmulatedBoard: RemedyAction = { title: 'Start Emulated Board', command: 'slipway.board.start' };
const udpSettings: RemedyAction = { ...buildSettings, argument: 'slipway.server.udp' };
const bootstrapSettings: RemedyAction = { ...buildSettings, argument: 'slipway.server.bootstrap' };
const timeoutSettings: RemedyAction = { ...buildSettings, argument: 'slipway.update.timeouts' };
const resetState: RemedyAction = { title: 'Reset Update State', command: 'slipway.update.reset' };
const showPanel: RemedyAction = { title: 'Show Update Panel', command: 'slipway.update.showPanel' };
const openConsole: RemedyAction = { title: 'Open Console', command: 'slipway.board.openConsole' };
const generateKey: RemedyAction = { title: 'Generate Signing Key', command: 'slipway.key.generate' };
const selectKey: RemedyAction = { title: 'Select Signing Key…', command: 'slipway.key.select' };
const importPublicKey: RemedyAction = { title: 'Import Public Key…', command: 'slipway.key.importPublic' };
const importKey: RemedyAction = { title: 'Import Key…', command: 'slipway.key.import' };
const sampleKeySettings: RemedyAction = {
  ...buildSettings,
  argument: 'slipway.signing.mcuboot.allowSampleKey',
};
const manageTrust: RemedyAction = { title: 'Manage Workspace Trust', command: 'workbench.trust.manage' };

const actions: Partial<Readonly<Record<ErrorCode, readonly RemedyAction[]>>> = {
  'link.not-found': [connectPort],
  'link.busy': [connectPort],
  'link.invalid-address': [connectPort],
  'link.refused': [connectPort],
  'lwm2m.port-in-use': [udpSettings],
  'bootstrap.off': [bootstrapSettings],
  'bootstrap.no-key': [generateKey, selectKey],
  'bootstrap.refused': [openConsole],
  'lwm2m.no-such-board': [connectPort],
  'lwm2m.no-board': [connectPort, startVirtualBoard],
  'update.busy': [showPanel],
  'update.batch-busy': [showPanel],
  'update.wrong-state': [resetState, showPanel],
  'components.rejected': [resetState, openConsole, showPanel],
  'update.too-large': [showPanel],
  'update.unexpected': [showPanel],
  'update.rejected': [openConsole, showPanel],
  'update.phase-timeout': [openConsole, timeoutSettings, showPanel],
  'update.board-lost': [openConsole, showPanel],
  'update.wrong-version': [openConsole, showPanel],
  'block.refused': [openConsole, resetState, showPanel],
  'block.timeout': [openConsole, showPanel],
  'key.not-found': [generateKey, selectKey],
  'key.none': [generateKey],
  'key.public-only': [selectKey],
  'key.unsupported': [selectKey],
  'key.unreadable': [selectKey],
  'key.import-public': [importPublicKey],
  'key.import-private': [importKey],
  'key.import-secret': [importKey],
  'key.no-cose': [selectKey, generateKey],
  'key.sample': [selectKey, generateKey, sampleKeySettings],
  'emulator.unsupported': [startVirtualBoard],
  'emulator.no-qemu': [boardSettings, startVirtualBoard],
  'emulator.no-firmware': [boardSettings],
  'emulator.flash': [startEmulatedBoard],
  'emulator.ended': [startEmulatedBoard],
  'build.no-command': [buildSettings],
  'build.no-artifact': [buildSettings],
  'build.stale-artifact': [buildSettings],
  'build.untrusted': [manageTrust],
  'build.no-folder': [{ title: 'Open Folder…', command: 'workbench.action.files.openFolder' }],
  'build.no-package': [{ title: 'Build, Sign and Push', command: 'slipway.firmware.ship' }],
};

/** The actions that help against an error, best first. */
export function remedyActions(code: ErrorCode): readonly RemedyAction[] {
  return actions[code] ?? [];
}
