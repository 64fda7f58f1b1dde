import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { SlipwayError } from '../base/errors';
import type { Log } from '../base/log';
import { findArtifact } from '../build/artifact';
import { detectBuild } from '../build/detect';
import { runBuild } from '../build/run-build';
import type { McubootChoices } from '../image/mcuboot/choices';
import { readBytes, readImageFile } from '../image/read-image';
import type { SequenceStore } from '../manifest/sequence-store';
import { type FurtherComponent, readComponentFile } from '../update/component-file';
import { packageFileOf, toUpdatePackage, writePackage } from '../update/package-file';
import { signFirmware, type SignFirmwareOptions, type SigningFormat } from '../update/sign-firmware';
import type { UpdatePackage } from '../update/types';

/** A firmware project: its folder, and its settings with empty texts where nothing is set. */
export interface Project {
  readonly folder: string;
  readonly buildCommand: string;
  readonly artifactPattern: string;
  readonly vendorDomain: string;
  readonly className: string;
  readonly signingFormat: SigningFormat;
  /** Read when an MCUboot image is made: a wrong value is nobody else’s trouble. */
  readonly mcuboot: () => McubootChoices;
  /** Files of further components of the package, relative to the folder, by name. */
  readonly components?: Readonly<Record<string, string>>;
}

/** What a package is signed, authenticated and encrypted with. */
export type PackageKeys = Pick<SignFirmwareOptions, 'signers' | 'macKeys' | 'encryptionKey'>;

/** A package as it lies in a file. */
export interface PackageFile {
  readonly file: string;
  readonly package: UpdatePackage;
}

/** The way from source to signed package, as far as it needs no editor. */
export class Firmware {
  constructor(
    private readonly sequences: () => SequenceStore,
    private readonly log: Log,
  ) {}

  /** The command that builds the project. Rejects `build.no-command`. */
  async buildCommand(project: Project): Promise<string> {
    const command = project.buildCommand || (await detectBuild(project.folder))?.command;
    if (!command) throw new SlipwayError('build.no-command', { folder: project.folder });
    return command;
  }

  /** Builds and gives the artifact. Errors as `runBuild`, `findArtifact`, and `build.no-command`. */
  async build(project: Project, onOutput: (text: string) => void, signal: AbortSignal): Promise<string> {
    const command = await this.buildCommand(project);
    this.log.info(`building in ${project.folder}: ${command}`);
    onOutput(`> ${command}\n`);
    await runBuild({ command, cwd: project.folder, onOutput, signal });
    return await this.findArtifact(project, signal);
  }

  /** The artifact of the last build. Errors as `findArtifact`, and `build.no-command`. */
  async findArtifact(project: Project, signal?: AbortSignal): Promise<string> {
    const pattern = project.artifactPattern || (await detectBuild(project.folder))?.artifactPattern;
    if (!pattern) throw new SlipwayError('build.no-command', { folder: project.folder });
    return (await findArtifact(project.folder, pattern, signal)).file;
  }

  /** Signs an artifact and writes the package beside it. Errors as `readImageFile`, `signFirmware`. */
  async sign(project: Project, artifact: string, keys: PackageKeys): Promise<PackageFile> {
    const image = await readImageFile(artifact);
    const { signingFormat: format } = project;
    const { bytes, sequence } = await signFirmware(artifact, image, {
      format,
      mcuboot: format === 'suit' ? {} : project.mcuboot(),
      vendorDomain: project.vendorDomain,
      className: project.className || basename(project.folder),
      ...keys,
      components: await this.furtherComponents(project),
      sequences: this.sequences(),
    });
    const file = packageFileOf(artifact, format);
    await writePackage(file, bytes);
    const numbered = sequence === undefined ? '' : `sequence ${sequence}, `;
    const ids = [...keys.signers, ...(keys.macKeys ?? [])].map(({ keyId }) => keyId);
    this.log.info(`${file}: ${numbered}${bytes.length} bytes, key id ${ids.join(', ')}`);
    return { file, package: toUpdatePackage(basename(file), bytes) };
  }

  /** In the order of the setting. Errors as `readComponentFile`. */
  private async furtherComponents({
    folder,
    components = {},
  }: Project): Promise<readonly FurtherComponent[]> {
    const read: FurtherComponent[] = [];
    for (const [name, file] of Object.entries(components)) {
      read.push(await readComponentFile(name, resolve(folder, file)));
    }
    return read;
  }

  /** The package that was signed from the last artifact; undefined where there is none. Errors as `findArtifact`. */
  async findPackage(project: Project): Promise<string | undefined> {
    const file = packageFileOf(await this.findArtifact(project), project.signingFormat);
    return (await stat(file).catch(() => undefined))?.isFile() ? file : undefined;
  }

  /** Reads a signed package. Errors as `readBytes` and `toUpdatePackage`. */
  async readPackage(file: string): Promise<PackageFile> {
    return { file, package: toUpdatePackage(basename(file), await readBytes(file)) };
  }
}
