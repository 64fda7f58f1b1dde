import { type Uri, workspace, type WorkspaceConfiguration } from 'vscode';
import type { KeyType } from '../base/key-signer';
import type { SigningFormat } from '../update/sign-firmware';
import type { DeliveryPreference } from '../update/delivery';
import type { HttpHostSettings } from '../update/http-host';
import type { UpdateTimeouts } from '../update/types';
import type { SecretChoice } from './secret-ring';

/** Severity (5/0/11); what is not here leaves the board's as it is. */
const severities: Readonly<Record<string, number>> = { critical: 0, mandatory: 1, optional: 2 };

/** The extension's settings, read at each use so that a change holds from then on. */
export const settings = {
  buildCommand: (folder: Uri): string => of(folder).get('build.command', '').trim(),
  buildArtifact: (folder: Uri): string => of(folder).get('build.artifact', '').trim(),
  signingKey: (folder?: Uri): string => of(folder).get('signing.key', '').trim(),
  secrets: (folder?: Uri): SecretChoice => {
    const encryptKey = of(folder).get('signing.encryptKey', '').trim();
    return {
      macKeys: of(folder).get<string[]>('signing.macKeys', []),
      macOnly: of(folder).get('signing.macOnly', false),
      ...(encryptKey !== '' && { encryptKey }),
    };
  },
  roots: (folder?: Uri): readonly string[] => of(folder).get<string[]>('signing.roots', []),
  keyType: (folder?: Uri): KeyType => of(folder).get<KeyType>('signing.keyType', 'P-256'),
  allowSampleKey: (folder?: Uri): boolean => of(folder).get('signing.mcuboot.allowSampleKey', false),
  signingFormat: (folder: Uri): SigningFormat => of(folder).get<SigningFormat>('signing.format', 'suit'),
  vendorDomain: (folder?: Uri): string => of(folder).get('signing.vendorDomain', 'example.com').trim(),
  className: (folder?: Uri): string => of(folder).get('signing.className', '').trim(),
  signingComponents: (folder?: Uri): Readonly<Record<string, string>> =>
    of(folder).get<Record<string, string>>('signing.components', {}),
  keysFolder: (): string => of().get('keys.folder', '').trim(),
  connections: (): readonly string[] => of().get<string[]>('connections', []),
  baudRate: (): number => of().get('serial.baudRate', 115_200),
  udp: (): { readonly enabled: boolean; readonly host: string; readonly port: number } => ({
    enabled: of().get('server.udp.enabled', true),
    host: of().get('server.udp.host', '127.0.0.1'),
    port: of().get('server.udp.port', 5683),
  }),
  bootstrap: (): boolean => of().get('server.bootstrap', true),
  http: (): HttpHostSettings => ({
    enabled: of().get('server.http.enabled', false),
    host: of().get('server.http.host', '127.0.0.1'),
    port: of().get('server.http.port', 0),
  }),
  delivery: (): DeliveryPreference => of().get<DeliveryPreference>('update.delivery', 'auto'),
  severity: (): number | undefined => severities[of().get('update.severity', 'unchanged')],
  startVirtualBoard: (): boolean => of().get('virtualBoard.startAutomatically', false),
  virtualLineRate: (): number => of().get('virtualBoard.lineRate', 115_200),
  startEmulatedBoard: (): boolean => of().get('emulatedBoard.startAutomatically', false),
  emulatorProgram: (folder: Uri): string =>
    of(folder).get('emulatedBoard.qemu', '').trim() || 'qemu-system-arm',
  emulatedBootloader: (folder: Uri): string =>
    of(folder).get('emulatedBoard.bootloader', 'build/boot.elf').trim(),
  emulatedFactoryImage: (folder: Uri): string =>
    of(folder).get('emulatedBoard.factoryImage', 'build/app.bin').trim(),
  emulatedConfirmSeconds: (folder: Uri): number => of(folder).get('emulatedBoard.confirmSeconds', 30),
  concurrency: (): number => of().get('update.concurrency', 8),
  retries: (): number => of().get('update.retries', 3),
  timeouts: (): UpdateTimeouts => {
    const ms = (phase: keyof UpdateTimeouts, seconds: number): number =>
      of().get(`update.timeouts.${phase}`, seconds) * 1000;
    return {
      preflight: ms('preflight', 30),
      interruption: ms('interruption', 120),
      downloaded: ms('downloaded', 120),
      apply: ms('apply', 30),
      deferred: ms('deferred', 3600),
      reboot: ms('reboot', 180),
      confirm: ms('confirm', 30),
    };
  },
};

function of(folder?: Uri): WorkspaceConfiguration {
  return workspace.getConfiguration('slipway', folder);
}
