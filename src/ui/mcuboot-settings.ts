import { isAbsolute, join } from 'node:path';
import { type Uri, workspace } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { McubootChoices } from '../image/mcuboot/choices';
import type { Compression } from '../image/mcuboot/options';
import type { Padding } from '../image/mcuboot/trailer';
import { parseImageVersion } from '../image/mcuboot/version';

/** What a numeric setting is where the build decides. */
const byBuild = 0;

/**
 * How MCUboot images of a folder are made, as far as its settings say it; what they leave open the build says.
 * Throws `mcuboot.version` and `mcuboot.option` for values that can't be meant.
 */
export function mcubootSettings(folder: Uri): McubootChoices {
  const section = workspace.getConfiguration('slipway.signing.mcuboot', folder);
  const text = (key: string): string => section.get(key, '').trim();
  const number = (key: string): number => section.get(key, byBuild);
  const [version, counter, compression, padding] = [
    text('version'),
    text('securityCounter'),
    text('compression'),
    text('padding'),
  ];
  const [headerSize, slotSize, alignment] = [number('headerSize'), number('slotSize'), number('alignment')];
  const keyFile = text('encryptionKey');
  return {
    ...(version !== '' && { version: parseImageVersion(version) }),
    ...(headerSize !== byBuild && { headerSize }),
    ...(slotSize !== byBuild && { slotSize }),
    ...(alignment !== byBuild && { alignment }),
    ...(counter !== '' && { securityCounter: counterOf(counter) }),
    ...(padding !== '' && { padding: padding as Padding }),
    ...(compression !== '' && { compression: compression as Compression }),
    ...(keyFile !== '' && {
      encryptionKeyFile: isAbsolute(keyFile) ? keyFile : join(folder.fsPath, keyFile),
    }),
    ...(section.get<boolean>('allowSampleKey', false) && { allowsSampleKey: true }),
  };
}

function counterOf(text: string): number | 'auto' {
  if (text === 'auto') return 'auto';
  if (/^\d+$/.test(text)) return Number(text);
  throw new SlipwayError('mcuboot.option', { option: 'security counter', reason: `"${text}" is no number` });
}
