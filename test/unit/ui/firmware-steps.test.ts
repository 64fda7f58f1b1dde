import assert from 'node:assert/strict';
import { SlipwayError } from '../../../src/base/errors';
import type { Board } from '../../../src/lwm2m/board';
import type { StoredSigner } from '../../../src/manifest/stored-key';
import type { Firmware, Project } from '../../../src/ui/firmware';
import { FirmwareSteps, endError, failureText } from '../../../src/ui/firmware-steps';
import type { UpdateJob, UpdatePackage, UpdateProgress, UpdateRecord } from '../../../src/update/types';
import type { FullImageReason } from '../../../src/update/choose-delta';
import type { ImagePush, PushEvents } from '../../../src/update/image-push';
import { Emitter } from '../../../src/base/event';
import { updateProgress, updateRecord } from './shown-board';

const project: Project = {
  folder: '/home/sam/firmware',
  buildCommand: 'make',
  artifactPattern: '*.bin',
  signingFormat: 'suit',
  mcuboot: () => ({}),
  vendorDomain: 'example.com',
  className: '',
};
const pkg: UpdatePackage = {
  name: 'app.suit',
  bytes: new Uint8Array(66_197),
  sha256: '',
  version: '1.0.1',
  sequence: 7,
};
const board = { endpoint: 'desk-1', link: { id: 'serial:/dev/ttyUSB0' } } as Board;
const never = new AbortController().signal;

/** Steps over a firmware and an update that a test plays. */
class Played {
  trusted = true;
  readonly done: string[] = [];
  text = '';
  readonly progressed = new Emitter<UpdateProgress>();
  cancelled = false;
  /** Why the board gets the full image. */
  fullImage: FullImageReason | undefined;
  finish!: (record: UpdateRecord) => void;
  endBuild!: () => void;
  private readonly built = new Promise<void>((resolve) => (this.endBuild = resolve));

  readonly steps = new FirmwareSteps(
    {
      build: async (_project: Project, onOutput: (text: string) => void) => {
        onOutput('one\ntwo\r\n');
        await this.built;
        return '/home/sam/firmware/app.bin';
      },
      findArtifact: () => Promise.resolve('/home/sam/firmware/app.bin'),
      sign: (_project: Project, artifact: string) =>
        Promise.resolve({ file: artifact.replace('.bin', '.suit'), package: pkg }),
      findPackage: () => Promise.resolve(undefined),
    } as unknown as Firmware,
    {
      run: (_board: Board, given: UpdatePackage, events: PushEvents) => {
        if (this.fullImage) events.onNoPatch(this.fullImage, false);
        events.onJob({ package: given, onDidProgress: this.progressed.event } as UpdateJob);
        events.signal.addEventListener('abort', () => (this.cancelled = true));
        return new Promise<UpdateRecord>((resolve) => (this.finish = resolve));
      },
    } as unknown as ImagePush,
    {
      signerAtHand: () => Promise.resolve(undefined),
      keys: () =>
        Promise.resolve({ signers: [{ keyType: 'P-256', keyId: 'ab'.repeat(32) } as StoredSigner] }),
      isTrusted: () => this.trusted,
      done: (step) => this.done.push(step),
    },
  );

  readonly print = (text: string): void => {
    this.text += text;
  };
}

describe('the steps of a firmware', () => {
  it('build nothing in a workspace that is not trusted', async () => {
    const played = new Played();
    played.trusted = false;
    await assert.rejects(played.steps.build(project, played.print, never), (error) =>
      SlipwayError.is(error, 'build.untrusted'),
    );
    assert.equal(played.text, '');
  });

  it('build a folder once at a time', async () => {
    const played = new Played();
    const first = played.steps.build(project, played.print, never);
    await assert.rejects(played.steps.build(project, played.print, never), (error) =>
      SlipwayError.is(error, 'build.busy'),
    );
    played.endBuild();
    assert.equal(await first, '/home/sam/firmware/app.bin');
    assert.equal(played.text, 'one\r\ntwo\r\n\x1b[32m✓\x1b[0m Built /home/sam/firmware/app.bin\r\n');
    assert.deepEqual(played.done, ['built']);
    await played.steps.build(project, played.print, never);
  });

  it('tell in the terminal what was signed', async () => {
    const played = new Played();
    await played.steps.sign(project, played.print);
    assert.match(
      played.text,
      /Signed \/home\/sam\/firmware\/app\.suit: 64\.6 KiB, sequence 7, P-256 key abababababababab…\r\n$/,
    );
    assert.deepEqual(played.done, ['signed']);
  });

  it('need a package to push', async () => {
    await assert.rejects(new Played().steps.lastPackage(project), (error) =>
      SlipwayError.is(error, 'build.no-package'),
    );
  });

  it('tell in the terminal how a push goes on, each text once', async () => {
    const played = new Played();
    const pushed = played.steps.push(board, pkg, played.print, never);
    for (const progress of [updateProgress(), updateProgress(), updateProgress({ phase: 'reboot' })]) {
      played.progressed.fire(progress);
    }
    played.finish(updateRecord({ pushDurationMs: 12_000, retransmissions: 1 }));
    assert.equal((await pushed).outcome, 'succeeded');
    played.progressed.fire(updateProgress({ bytesSent: 999 }));
    assert.deepEqual(played.text.split('\r\x1b[K'), [
      '',
      '\x1b[1mPushing\x1b[0m app.suit: 64.6 KiB, version 1.0.1 to desk-1 on /dev/ttyUSB0\r\n',
      '  Pushing 43 % · 11.2 kB/s…',
      '  Waiting for the reboot…',
      '\x1b[32m✓\x1b[0m desk-1 runs 1.0.1: 64.6 KiB pushed in 12 s, 5.5 kB/s, 1 retransmission; 13 s in all\r\n',
    ]);
  });

  it('tell in the terminal what a patch saves', async () => {
    const played = new Played();
    const pushed = played.steps.push(
      board,
      { ...pkg, bytes: new Uint8Array(600), full: pkg },
      played.print,
      never,
    );
    played.finish(
      updateRecord({
        bytes: 600,
        fullBytes: 66_200,
        reducedBy: 'patch',
        savedMs: 12_400,
        pushDurationMs: 500,
      }),
    );
    await pushed;
    assert.match(
      played.text,
      /app\.suit: a patch of 600 bytes instead of 64\.6 KiB, version 1\.0\.1 to desk-1/,
    );
    assert.match(
      played.text,
      /desk-1 runs 1\.0\.1: a patch of 600 bytes instead of 64\.6 KiB pushed in 500 ms/,
    );
    assert.match(played.text, /, 12 s saved, 0 retransmissions; 13 s in all\r\n$/);
  });

  it('say in one line why a board gets the full image', async () => {
    const played = new Played();
    played.fullImage = 'no-signer';
    const pushed = played.steps.push(board, pkg, played.print, never);
    played.finish(updateRecord({}));
    await pushed;
    const why = 'The full image is sent: the key that signed the package is not at hand to sign a patch.';
    assert.deepEqual(played.text.split('\r\x1b[K').slice(0, 2), ['', `${why}\r\n`]);
  });

  it('cancel the update with their signal', async () => {
    const played = new Played();
    const abort = new AbortController();
    const pushed = played.steps.push(board, pkg, played.print, abort.signal);
    abort.abort();
    assert.equal(played.cancelled, true);
    played.finish(updateRecord({ outcome: 'cancelled' }));
    await assert.rejects(pushed, (error) => SlipwayError.is(error, 'cancelled'));
  });

  it('fail with what the update failed with', () => {
    const details = { board: 'desk-1', result: 5, phase: 'downloaded' };
    const error = endError(updateRecord({ outcome: 'failed', error: { code: 'update.rejected', details } }));
    assert.equal(error.code, 'update.rejected');
    assert.match(failureText(error), /^\r\x1b\[K\x1b\[31m✗\x1b\[0m .*desk-1.*\r\n$/);
    assert.equal(endError(updateRecord({ outcome: 'interrupted' })).code, 'update.unexpected');
  });
});
