import assert from 'node:assert/strict';
import { type ErrorCode, type ErrorDetails, SlipwayError } from '../../../src/base/errors';
import { english } from '../../../src/ui/localize';
import { phaseText } from '../../../src/ui/phase-wording';
import { updateResultText } from '../../../src/ui/update-result-wording';
import {
  describeCode,
  describeError,
  errorText,
  linkName,
  outcomeText,
  stateText,
} from '../../../src/ui/wording';

/** Facts for every code; what is in them must come up in the message. */
const facts: { readonly [C in ErrorCode]: ErrorDetails[C] } = {
  cancelled: { reason: 'by hand' },
  'trace.not-written': { file: 'trace.pcapng', reason: 'EACCES: permission denied' },
  'link.not-found': { link: 'serial:/dev/ttyUSB7' },
  'link.busy': { link: 'serial:/dev/ttyUSB7' },
  'link.permission': { link: 'serial:/dev/ttyUSB7', group: 'dialout' },
  'link.refused': { link: 'tcp://127.0.0.1:4444' },
  'link.closed': { link: 'serial:COM7' },
  'link.invalid-address': { address: 'ftp://x' },
  'link.failed': { link: 'serial:COM7', reason: 'Input/output error' },
  'coap.timeout': { peer: '127.0.0.1:5700', method: 'GET', path: '/5/0/3' },
  'coap.reset': { peer: '127.0.0.1:5700', method: 'GET', path: '/5/0/3' },
  'coap.malformed': { reason: 'option 23 is cut' },
  'coap.response': { method: 'PUT', path: '/5/0/1', code: '4.05', diagnostic: 'not now' },
  'block.refused': { path: '/5/0/0', code: '4.13', offset: 4096, diagnostic: 'slot full' },
  'block.timeout': { path: '/5/0/0', offset: 4096, attempts: 5 },
  'lwm2m.malformed': { format: 'TLV', reason: 'cut at 3' },
  'lwm2m.unsupported-format': { contentFormat: 9999 },
  'lwm2m.bad-value': { path: '/1/0/1', reason: 'not an integer' },
  'lwm2m.needs-version': { board: 'desk-1', operation: 'read-composite', version: '1.0', needed: '1.1' },
  'bootstrap.off': { board: 'desk-1' },
  'bootstrap.no-key': { board: 'desk-1' },
  'bootstrap.no-trigger': { board: 'desk-1', code: '4.05' },
  'bootstrap.not-asked': { board: 'desk-1', timeoutMs: 60_000 },
  'bootstrap.refused': { board: 'desk-1', method: 'PUT', path: '/0/1', code: '4.04' },
  'lwm2m.offline': { board: 'desk-1' },
  'lwm2m.no-such-board': { board: 'desk-1' },
  'lwm2m.port-in-use': { host: '127.0.0.1', port: 5683 },
  'update.no-object': { board: 'desk-1', objectId: 5 },
  'update.push-unsupported': { board: 'desk-1' },
  'update.pull-unsupported': { board: 'desk-1' },
  'update.no-protocol': { board: 'desk-1', protocols: [1, 3] },
  'update.batch-busy': { boards: 10, left: 7 },
  'update.busy': { board: 'desk-1' },
  'update.wrong-state': { board: 'desk-1', state: 3 },
  'update.too-large': { board: 'desk-1', bytes: 4096, limit: 2048 },
  'update.downgrade': { board: 'desk-1', version: '1.0.0', running: '2.0.0' },
  'update.sequence-too-low': { board: 'desk-1', sequence: 3, minimum: 7 },
  'update.vendor-mismatch': { board: 'desk-1', expected: 'a-uuid', actual: 'b-uuid' },
  'update.class-mismatch': { board: 'desk-1', expected: 'a-uuid', actual: 'b-uuid' },
  'update.untrusted-key': { board: 'desk-1', keyId: 'aa11', trusted: ['bb22'] },
  'update.rejected': { board: 'desk-1', result: 5, phase: 'downloaded' },
  'update.phase-timeout': { board: 'desk-1', phase: 'reboot', timeoutMs: 60_000 },
  'update.board-lost': { board: 'desk-1', phase: 'push', bytesSent: 4096 },
  'update.wrong-version': { board: 'desk-1', expected: '1.2.0', actual: '1.1.0' },
  'update.unexpected': { reason: 'x is undefined' },
  'components.unknown': { board: 'desk-1', component: 'modem', known: 'application, radio' },
  'components.conflict': { board: 'desk-1', component: 'application', conflicting: 'radio' },
  'components.rejected': {
    ...{ board: 'desk-1', component: 'application', result: 13, what: 'update', conflicting: 'radio' },
  },
  'software.no-instance': { board: 'desk-1', instance: 7 },
  'software.wrong-state': { board: 'desk-1', instance: 7, operation: 'install', state: 0 },
  'software.rejected': {
    ...{ board: 'desk-1', instance: 7, operation: 'install', result: 58 },
    reason: 'no such device',
  },
  'software.busy': { board: 'desk-1', instance: 7 },
  'image.empty': { file: 'app.bin' },
  'image.too-large': { file: 'app.bin', bytes: 4096, limit: 2048 },
  'image.wrong-kind': { file: 'app.elf', kind: 'ELF' },
  'image.not-inspectable': { file: 'app.zip', kind: 'ZIP archive' },
  'image.too-large-to-inspect': { file: 'app.bin', bytes: 4096, limit: 2048 },
  'image.unreadable': { file: 'app.bin', reason: 'EACCES' },
  'image.unwritable': { file: 'app.suit', reason: 'ENOSPC' },
  'image.damaged': { file: 'app.hex', kind: 'Intel HEX', reason: 'line 1: no record' },
  'image.scattered': { file: 'app.hex', from: 0, to: 0x9000_0000, limit: 2048 },
  'image.no-data': { file: 'app.o', kind: 'ELF' },
  'mcuboot.version': { version: '1.2.70000', part: 'revision', limit: '65535' },
  'mcuboot.option': { option: 'alignment', reason: '3 is none of 1, 2, 4' },
  'mcuboot.already-signed': {},
  'mcuboot.header-not-blank': { headerSize: 512 },
  'mcuboot.slot-overflow': { bytes: 4096, trailer: 2048, slot: 4096, over: 2049 },
  'mcuboot.encryption-key': { kind: 'P-384', reason: 'it does not fit' },
  'mcuboot.sample-key': { sample: 'root-rsa-2048.pem' },
  'mcuboot.key-type': { kind: 'dsa' },
  'mcuboot.malformed': { reason: 'the magic number is missing' },
  'mcuboot.truncated': { what: 'TLVs', end: 700, bytes: 600 },
  'mcuboot.trailing-bytes': { bytes: 3 },
  'mcuboot.no-hash': {},
  'mcuboot.hash-mismatch': {},
  'mcuboot.unsigned': {},
  'mcuboot.untrusted-key': { keyHash: '0123456789abcdef0123' },
  'mcuboot.bad-signature': { keyHash: '0123456789abcdef0123' },
  'mcuboot.algorithm-mismatch': { algorithm: 'ED25519 over SHA-384', keyType: 'Ed25519' },
  'mcuboot.counter-too-low': { counter: 3, minimum: 4 },
  'mcuboot.encrypted': {},
  'mcuboot.decryption': {},
  'mcuboot.decompression': { reason: 'the compressed data are cut off' },
  'suit.malformed': { reason: 'no manifest' },
  'suit.not-canonical': { reason: 'indefinite length' },
  'suit.duplicate-key': { what: 'manifest' },
  'suit.trailing-bytes': { what: 'envelope', bytes: 4096 },
  'suit.untrusted-chain': { subject: 'Desk CA', fault: 'expired' },
  'suit.condition-failed': { condition: 'slot', component: 'radio' },
  'suit.member-missing': { member: 'install' },
  'suit.no-decryption-key': { keyId: '0123456789abcdef0123' },
  'suit.decryption-failed': { keyId: '0123456789abcdef0123' },
  'suit.unsigned': {},
  'suit.unknown-algorithm': { algorithm: '-39' },
  'suit.algorithm-mismatch': { algorithm: 'ESP256', keyType: 'Ed25519' },
  'suit.untrusted-key': { keyId: '0123456789abcdef0123' },
  'suit.bad-signature': { keyId: '0123456789abcdef0123' },
  'suit.digest-mismatch': { what: 'manifest' },
  'suit.payload-missing': { uri: '#firmware' },
  'suit.payload-size': { expected: 4096, actual: 2048 },
  'suit.vendor-mismatch': { expected: 'v-1', actual: 'v-2' },
  'suit.class-mismatch': { expected: 'c-1', actual: 'c-2' },
  'suit.missing-condition': { condition: 'vendor' },
  'suit.wrong-base': { expected: 'a1'.repeat(32), actual: 'b2'.repeat(32) },
  'suit.sequence-too-low': { sequence: 4, minimum: 7 },
  'suit.component-index': { index: 3, count: 1 },
  'suit.unsupported': { what: 'try-each' },
  'key.not-found': { key: 'desk' },
  'key.exists': { key: 'desk' },
  'key.wrong-passphrase': { key: 'desk' },
  'key.passphrase-needed': { key: 'desk' },
  'key.public-only': { key: 'desk' },
  'key.unsupported': { key: 'desk', kind: 'RSA' },
  'key.invalid-name': { key: '../x' },
  'key.unreadable': { key: 'desk', reason: 'not PEM' },
  'key.storage': { path: '/keys', reason: 'EACCES' },
  'key.not-a-key': { file: 'app.key' },
  'key.import-public': { file: 'app.key' },
  'key.import-private': { file: 'app.key' },
  'key.import-certificate': { file: 'app.key' },
  'key.import-secret': { file: 'app.key' },
  'key.import-unreadable': { file: 'app.key', reason: 'damaged' },
  'key.not-exportable': { key: 'board', format: 'c' },
  'key.secret-only': { key: 'shared' },
  'key.no-cose': { key: 'desk', type: 'RSA-2048' },
  'key.sample': { key: 'desk', sample: 'root-ec-p256' },
  'key.not-secret': { key: 'desk' },
  'key.use-is-set': { key: 'desk', setting: 'slipway.signing.macKeys' },
  'key.chain': { key: 'desk', subject: 'Example CA', fault: 'expired' },
  'key.command-failed': { key: 'desk', program: 'pkcs11-tool', reason: 'no token' },
  'key.command-timeout': { key: 'desk', program: 'pkcs11-tool', seconds: 60 },
  'key.command-answer': { key: 'desk', program: 'pkcs11-tool', fault: 'wrong-signature', bytes: 71 },
  'key.no-digest': { key: 'desk', type: 'Ed25519' },
  'sequence.corrupt': { file: '/keys/s.json', reason: 'no JSON' },
  'sequence.busy': { folder: '/keys' },
  'emulator.unsupported': { platform: 'win32' },
  'emulator.no-qemu': { program: 'qemu-system-arm' },
  'emulator.no-firmware': { file: 'build/boot.elf' },
  'emulator.flash': { file: '/storage/flash.bin', reason: 'ENOSPC' },
  'emulator.ended': { exitCode: 1, reason: 'out of memory' },
  'delta.malformed': { reason: 'a size is beyond 34 bits' },
  'delta.unsupported': { what: 'compression 1' },
  'delta.truncated': { bytes: 100, expected: 3000 },
  'delta.too-large': { bytes: 4096, limit: 2048 },
  'delta.wrong-base': { offset: 70000, bytes: 65536 },
  'delta.wrong-result': { expected: 'aa00', actual: 'bb11' },
  'delta.failed': { reason: 'out of memory' },
  'build.no-command': { folder: '/home/sam/firmware' },
  'build.failed': { command: 'make all', exitCode: 2 },
  'build.no-artifact': { folder: '/home/sam/firmware', pattern: '**/*.bin' },
  'build.stale-artifact': { file: '/home/sam/firmware/app.bin', pattern: '**/*.bin' },
  'build.untrusted': { folder: '/home/sam/firmware' },
  'build.busy': { folder: '/home/sam/firmware' },
  'build.no-folder': {},
  'build.no-package': { folder: '/home/sam/firmware' },
  'lwm2m.no-board': {},
  'key.none': {},
};

/** How facts look in a sentence where that isn't their own text. */
const shown: Readonly<Record<string, string>> = {
  'serial:/dev/ttyUSB7': '/dev/ttyUSB7',
  'serial:COM7': 'COM7',
  '4096': '4.0 KiB',
  '2048': '2.0 KiB',
  'wrong-signature': 'does not verify',
  '60000': '1 min 00 s',
  '2415919104': '0x90000000',
  '0123456789abcdef0123': '0123456789abcdef',
  '1,3': 'CoAPS, HTTPS',
  downloaded: 'acceptance of the package',
  reboot: 'reboot into the new firmware',
  push: 'transfer',
  expired: 'it has expired',
};

describe('wording of errors', () => {
  for (const code of Object.keys(facts) as ErrorCode[]) {
    it(`says what ${code} is, about what, and what to do`, () => {
      const { message, remedy } = describeError(new SlipwayError(code, facts[code]));
      assert.match(message, /^["A-Z/\d]|^(desk-1|app\.|tcp:)/, 'begins as a sentence or with a name');
      assert.match(message, /[.)]$|make all$/, 'ends as a sentence');
      assert.doesNotMatch(message, /\[object|\{\d\}/, 'no gaps');
      for (const [name, value] of Object.entries(facts[code])) {
        if (name === 'state') assert.match(message, /Updating|initial/);
        else {
          const text = shown[String(value)] ?? String(value);
          assert.ok(`${message} ${remedy}`.includes(text), `${name} (${text}) is in: ${message} ${remedy}`);
        }
      }
      if (code === 'cancelled') assert.equal(remedy, undefined);
      else assert.ok(remedy && remedy.length > 10, 'has a remedy');
    });
  }

  it('names the group to join', () => {
    const { remedy } = describeCode('link.permission', { link: 'serial:/dev/ttyUSB0', group: 'uucp' });
    assert.match(remedy ?? '', /usermod -aG uucp/);
  });

  it('does without the facts that may be missing', () => {
    assert.equal(describeCode('cancelled', {}).message, 'Cancelled.');
    assert.equal(
      describeCode('suit.untrusted-key', {}).message,
      'The package is signed with a key that is not trusted.',
    );
    assert.equal(describeCode('suit.bad-signature', {}).message, 'The package’s signature is wrong.');
    assert.doesNotMatch(describeCode('link.permission', { link: 'COM1' }).remedy ?? '', /usermod/);
    assert.match(describeCode('build.failed', { command: 'make', exitCode: null }).message, /ended before/);
    assert.match(describeCode('emulator.ended', { exitCode: null, reason: '' }).message, /was killed/);
    assert.equal(
      describeCode('coap.response', { method: 'GET', path: '/3', code: '4.04' }).message,
      'The board answered GET /3 with 4.04 Not Found.',
    );
    assert.match(
      describeCode('coap.response', { method: 'GET', path: '/3', code: '4.77' }).message,
      /with 4\.77\./,
    );
  });

  it('shows errors from elsewhere as they are, and where to look', () => {
    assert.match(errorText(new TypeError('x is undefined')), /x is undefined .*output channel/);
    assert.match(describeError('plain').message, /plain$/);
  });

  it('puts message and remedy together', () => {
    assert.equal(errorText(new SlipwayError('cancelled', {})), 'Cancelled.');
    assert.match(
      errorText(new SlipwayError('image.empty', { file: 'a.bin' })),
      /^a\.bin is empty\. Build again/,
    );
  });

  it('goes through the translation', () => {
    const seen: string[] = [];
    describeError(new SlipwayError('image.empty', { file: 'a.bin' }), (message, ...args) => {
      seen.push(message);
      return english(message, ...args);
    });
    assert.deepEqual(seen, ['{0} is empty.', 'Build again and check the artifact pattern.']);
  });
});

describe('wording of updates', () => {
  it('has words of its own and a remedy for each Update Result 0 to 11', () => {
    const rows = Array.from({ length: 12 }, (_, result) => updateResultText(result));
    assert.equal(new Set(rows.map(({ text }) => text)).size, 12);
    for (const { text, remedy } of rows) {
      assert.match(text, /^[A-Z]/);
      assert.match(remedy, /\.$/);
    }
    assert.match(updateResultText(2).text, /flash/);
    assert.match(updateResultText(5).text, /integrity/);
    assert.match(updateResultText(11).text, /put the update off/);
  });

  it('names results it does not know by their number', () => {
    assert.match(updateResultText(42).text, /42/);
    assert.match(updateResultText(-1).text, /-1/);
  });

  it('names the states', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 9].map((state) => stateText(state)),
      ['Idle', 'Downloading', 'Downloaded', 'Updating', 'Unknown (9)'],
    );
  });

  it('names phases and outcomes, each differently', () => {
    const phases = [
      'preflight',
      'reset',
      'push',
      'interruption',
      'downloaded',
      'apply',
      'reboot',
      'confirm',
      'done',
    ] as const;
    assert.equal(new Set(phases.map((phase) => phaseText(phase))).size, phases.length);
    const outcomes = ['succeeded', 'failed', 'cancelled', 'interrupted'] as const;
    assert.equal(new Set(outcomes.map((outcome) => outcomeText(outcome))).size, outcomes.length);
  });

  it('calls links what people call them', () => {
    assert.equal(linkName('serial:/dev/ttyACM0'), '/dev/ttyACM0');
    assert.equal(linkName('memory:virtual'), 'virtual');
    assert.equal(linkName('tcp://host:4444'), 'tcp://host:4444');
  });
});
