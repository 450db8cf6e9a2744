import { parseArgs } from 'node:util';
import { DIALECT_NAMES, DialectName } from '../domain/dialect';
import { errorText } from '../util/error-text';

/** What the process was asked to do. */
export type Command =
  | { readonly name: 'run' | 'help' | 'version' | 'check' }
  | { readonly name: 'import' | 'export'; readonly file: string }
  | { readonly name: 'backup'; readonly directory: string }
  | {
      readonly name: 'apply';
      readonly file: string;
      readonly dryRun: boolean;
      readonly prune: boolean;
      readonly url?: string;
      readonly keyFile?: string;
    }
  | { readonly name: 'test'; readonly dialect?: DialectName; readonly port?: number }
  | ({ readonly name: 'hash-password' } & HashPasswordOptions);

/** What `hash-password` makes. */
export interface HashPasswordOptions {
  /** Whose line is made; absent: the hash alone is printed. */
  readonly user?: string;
  /** An authentication key instead of a password. */
  readonly key: boolean;
  /** The key is read instead of made. */
  readonly existing: boolean;
  readonly readOnly: boolean;
  /** What whoever comes with it may do, as `:rights=` in the users file has it. */
  readonly rights?: string;
}

/** The command line cannot be understood; the message says how it should be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `help` says before it lists the settings. */
export const USAGE = `Usage: canopsis-heartbeat [command]     (in a clone: npm start -- [command])

  run             Runs the heartbeat API and its engine, as no command at all does.
  check           Does what a start does, piece by piece, and says what stands in its way; exits with 0 or 1.
  import FILE     Reads heartbeats, a JSON document on each line, into the database; - is standard input.
  export FILE     Writes all heartbeats to a new file, a JSON document on each line; - is standard output.
  backup DIR      Copies the embedded database into an empty directory, also while the application runs; to restore it, start
                  with DATA_DIR=DIR.
  apply FILE      Makes the heartbeats those of a file, YAML or JSON, and says which were created, changed, unchanged and
                  removed; - is standard input. Options:
                  --dry-run    changes nothing; exits with 2 where something would be changed
                  --prune      removes the heartbeats that the file does not have
                  --url URL    on a running server, such as http://name:password@host:8082, instead of the database
                  --key-file FILE
                               with --url: the authentication key is in this file
  hash-password [NAME]
                  Reads a password from standard input, one line, and prints its hash; with NAME as a line of the file
                  that HEARTBEAT_USERS_FILE names. A terminal is asked twice and shows nothing. Options:
                  --key        makes an authentication key instead, and shows it once, on standard error
                  --existing   with --key: reads the key, at least 32 characters, instead of making one
                  --read-only  whoever comes with this password or key may only read
                  --rights     what they may do: some of create, read, update, delete (heartbeats) and event,
                               separated by commas, or none
  test            Runs an application for tests on a free port, with a database of its own that ends with it, and
                  prints its address and credentials as one line of JSON. Options: --dialect NAME, --port N.
  help            Shows this.
  version         Shows the version.`;

/** Each command: the name of the word behind it, if it takes one, and its options. */
const COMMANDS: Record<Command['name'], { readonly operand?: string; readonly options?: readonly string[] }> =
  {
    run: {},
    check: {},
    import: { operand: 'FILE' },
    export: { operand: 'FILE' },
    backup: { operand: 'DIR' },
    apply: { operand: 'FILE', options: ['dry-run', 'prune', 'url', 'key-file'] },
    'hash-password': { operand: 'NAME', options: ['key', 'existing', 'read-only', 'rights'] },
    test: { options: ['dialect', 'port'] },
    help: {},
    version: {},
  };

/** Flags that are commands too: `--check` is `check`. */
const FLAGS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  check: { type: 'boolean' },
  test: { type: 'boolean' },
} as const;

const OPTIONS = {
  dialect: { type: 'string' },
  port: { type: 'string' },
  key: { type: 'boolean' },
  existing: { type: 'boolean' },
  'read-only': { type: 'boolean' },
  rights: { type: 'string' },
  'dry-run': { type: 'boolean' },
  prune: { type: 'boolean' },
  url: { type: 'string' },
  'key-file': { type: 'string' },
} as const;

type Parsed = ReturnType<typeof parsed>;

/** @throws UsageError */
export function commandOf(args: string[]): Command {
  const { values, positionals } = parsed(args);
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  const flag = (['check', 'test'] as const).find((name) => values[name]);
  const [word, operand, ...more] = flag === undefined ? positionals : [flag, ...positionals];
  const name = nameOf(word ?? 'run');
  const takes = COMMANDS[name];
  if (more.length > 0 || (operand !== undefined && takes.operand === undefined)) {
    throw usage(
      `${name} takes ${takes.operand === undefined ? 'nothing' : `one ${takes.operand}`} behind it`,
    );
  }
  refuseForeignOptions(name, values);
  return commandNamed(name, operand, values);
}

function commandNamed(name: Command['name'], operand: string | undefined, values: Parsed['values']): Command {
  switch (name) {
    case 'import':
    case 'export':
      if (operand === undefined) throw usage(`${name} takes one FILE`);
      return { name, file: operand };
    case 'backup':
      if (operand === undefined) throw usage('backup takes one DIR');
      return { name, directory: operand };
    case 'apply': {
      const { 'dry-run': dryRun = false, prune = false, url, 'key-file': keyFile } = values;
      if (operand === undefined) throw usage('apply takes one FILE');
      if (keyFile !== undefined && url === undefined) throw usage('--key-file goes with --url');
      return { name, file: operand, dryRun, prune, url, keyFile };
    }
    case 'test':
      return { name, dialect: dialectIn(values.dialect), port: portIn(values.port) };
    case 'hash-password': {
      const { key = false, existing = false, 'read-only': readOnly = false, rights } = values;
      return { name, user: operand, key, existing, readOnly, rights };
    }
    default:
      return { name };
  }
}

function nameOf(word: string): Command['name'] {
  if (!Object.hasOwn(COMMANDS, word)) throw usage(`there is no command ${JSON.stringify(word)}`);
  return word as Command['name'];
}

function refuseForeignOptions(name: Command['name'], values: Parsed['values']): void {
  for (const option of Object.keys(values)) {
    if (Object.hasOwn(FLAGS, option) || COMMANDS[name].options?.includes(option)) continue;
    const [owner] = Object.entries(COMMANDS).find(([, { options }]) => options?.includes(option)) ?? [];
    const instead = owner === 'test' ? '; otherwise set HEARTBEAT_DIALECT and PORT' : '';
    throw usage(`--${option} belongs to ${owner}${instead}`);
  }
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { ...FLAGS, ...OPTIONS } });
  } catch (error) {
    // Behind its first sentence Node advises on positional arguments.
    throw usage(errorText(error).split(/\.\s/)[0] ?? '');
  }
}

function dialectIn(text: string | undefined): DialectName | undefined {
  const dialect = DIALECT_NAMES.find((name) => name === text);
  if (text !== undefined && dialect === undefined)
    throw usage(`--dialect is one of ${DIALECT_NAMES.join(', ')}`);
  return dialect;
}

function portIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw usage('--port is a number from 0 to 65535');
  return Number(text);
}

const usage = (problem: string): UsageError =>
  new UsageError(`${problem}; \`canopsis-heartbeat help\` tells more`);
