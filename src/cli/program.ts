import { Command } from 'commander';
import { boards, boardsCommand } from './boards';
import { bootstrap, bootstrapCommand } from './bootstrap';
import type { CommonOptions, Context, Environment, Run } from './context';
import { delta, deltaCommand, patch, patchCommand } from './delta';
import { exitCodesHelp } from './exit-codes';
import { inspect, inspectCommand } from './inspect';
import { create, createCommand, deleteCommand, deleteInstance } from './instances';
import { keygen, keygenCommand } from './keygen';
import {
  chain,
  chainCommand,
  deleteKey,
  deleteKeyCommand,
  exportKey,
  exportKeyCommand,
  externalKey,
  externalKeyCommand,
  importKey,
  importKeyCommand,
  listKeys,
  listKeysCommand,
} from './keys';
import { Output, createLog } from './output';
import { ports, portsCommand } from './ports';
import { push, pushCommand } from './push';
import {
  discover,
  discoverCommand,
  execute,
  executeCommand,
  observe,
  observeCommand,
  read,
  readCommand,
  write,
  writeCommand,
} from './resources';
import { sign, signCommand } from './sign';
import {
  deliver,
  deliverCommand,
  listSoftware,
  listSoftwareCommand,
  operation,
  operationCommand,
  uninstall,
  uninstallCommand,
} from './software';
import { verify, verifyCommand } from './verify';
import { virtualBoard, virtualBoardCommand } from './virtual-board';

/** What a command was called with, ready to run; `output` is there to tell its errors. */
export interface Call {
  readonly output: Output;
  run(): Promise<number>;
}

const jsonHelp = `
With --json the standard output carries one JSON object a line, each with a "type":
  port, board, key, package, verified, software,
  inspection, delta, image              what was asked for
  value, written, executed, resource,
  created, deleted                      what a board has and does, by paths
  no-patch                              why a board that takes patches gets the image, as "reason", and if "compressed"
  progress, bootstrap                   how a push, or a bootstrap, goes
  bootstrapped                          what a board was given, as paths
  link, booted, registered              what a virtual board does
  result                                how a push came out; the last line, of one board
  summary                               how pushes to several boards came out; the last line
  error                                 why a command ended, with "code", "message", "remedy" and "exitCode"`;

/** The command line; `onCall` gets what was parsed. It throws `CommanderError` for wrong usage, help and version. */
export function createProgram(
  environment: Environment,
  version: string,
  signal: AbortSignal,
  onCall: (call: Call) => void,
): Command {
  const program = new Command('slipway')
    .description('LwM2M firmware updates for boards on the desk')
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void environment.stdout.write(text),
      writeErr: (text) => void environment.stderr.write(text),
    })
    .showHelpAfterError('(see --help)')
    .addHelpText('after', `${jsonHelp}\n${exitCodesHelp}`);

  const add = <Arguments extends readonly unknown[]>(
    name: string,
    define: (command: Command) => Command,
    run: Run<Arguments>,
    parent = program,
  ): void => {
    define(parent.command(name))
      .option('--json', 'JSON objects instead of text')
      .option(
        '-v, --verbose',
        'diagnostics on the standard error; twice: frames in hex',
        (_, n: number) => n + 1,
        0,
      )
      // Commander hands over the arguments, then the options, then the command.
      .action((...given: unknown[]) => {
        const args = given.slice(0, -1) as unknown as Arguments;
        const context = createContext(environment, signal, args.at(-1) as CommonOptions);
        onCall({ output: context.output, run: () => run(context, ...args) });
      });
  };
  add('ports', portsCommand, ports);
  add('boards', boardsCommand, boards);
  add('push', pushCommand, push);
  add('read', readCommand, read);
  add('write', writeCommand, write);
  add('execute', executeCommand, execute);
  add('observe', observeCommand, observe);
  add('discover', discoverCommand, discover);
  add('bootstrap', bootstrapCommand, bootstrap);
  add('create', createCommand, create);
  add('delete', deleteCommand, deleteInstance);
  add('sign', signCommand, sign);
  add('verify', verifyCommand, verify);
  add('inspect', inspectCommand, inspect);
  add('delta', deltaCommand, delta);
  add('patch', patchCommand, patch);
  add('keygen', keygenCommand, keygen);
  const keys = program.command('keys').description('list, import, export and delete keys');
  add('list', listKeysCommand, listKeys, keys);
  add('import', importKeyCommand, importKey, keys);
  add('external', externalKeyCommand, externalKey, keys);
  add('chain', chainCommand, chain, keys);
  add('export', exportKeyCommand, exportKey, keys);
  add('delete', deleteKeyCommand, deleteKey, keys);
  const software = program.command('software').description('software packages on boards (object 9)');
  add('list', listSoftwareCommand, listSoftware, software);
  add('deliver', deliverCommand, deliver, software);
  add('install', operationCommand('install the package that was delivered'), operation('install'), software);
  add('activate', operationCommand('let software run'), operation('activate'), software);
  add('deactivate', operationCommand('stop software'), operation('deactivate'), software);
  add('uninstall', uninstallCommand, uninstall, software);
  add('virtual-board', virtualBoardCommand, virtualBoard);
  return program;
}

function createContext(environment: Environment, signal: AbortSignal, options: CommonOptions): Context {
  const { stdout, stderr, clock } = environment;
  return {
    environment,
    clock,
    log: createLog(options.verbose ?? 0, stderr),
    output: new Output(options.json ?? false, stdout, stderr),
    signal,
  };
}
