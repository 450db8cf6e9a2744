import { parseArgs } from 'node:util';
import { DIALECT_NAMES, DialectName } from '../canopsis/dialect';

/** What the process was asked to do. */
export type Command =
  | { readonly name: 'run' | 'help' | 'version' | 'check' }
  | { readonly name: 'import' | 'export'; readonly file: string }
  | { readonly name: 'test'; readonly dialect?: DialectName; readonly port?: number };

/** The command line cannot be understood; the message says how it should be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What `--help` says before it lists the settings. */
export const USAGE = `Usage: canopsis-heartbeat [command]     (in a clone: npm start -- [command])

  (none)          Runs the heartbeat API and its engine.
  import FILE     Reads heartbeats, a JSON document on each line, into the database; - is standard input.
  export FILE     Writes all heartbeats to a new file, a JSON document on each line; - is standard output.
  --check         Validates the settings, and connects to the database and the broker; exits with 0 or 1.
  --test          Runs an application for tests on a free port, with a database of its own that ends with it, and
                  prints its address and credentials as one line of JSON. Options: --dialect NAME, --port N.
  --help          Shows this.
  --version       Shows the version.`;

/** @throws UsageError */
export function commandOf(args: string[]): Command {
  const { values, positionals } = parsed(args);
  const [name, file, ...more] = positionals;
  if (values.help) return { name: 'help' };
  if (values.version) return { name: 'version' };
  if (name !== undefined) {
    if (name !== 'import' && name !== 'export') throw usage(`there is no command ${JSON.stringify(name)}`);
    if (file === undefined || more.length > 0) throw usage(`${name} takes one file`);
    return { name, file };
  }
  if (values.test) return { name: 'test', dialect: dialectIn(values.dialect), port: portIn(values.port) };
  if (values.dialect !== undefined || values.port !== undefined) {
    throw usage('--dialect and --port belong to --test; otherwise set HEARTBEAT_DIALECT and PORT');
  }
  return { name: values.check ? 'check' : 'run' };
}

function parsed(args: string[]): {
  values: {
    help?: boolean;
    version?: boolean;
    check?: boolean;
    test?: boolean;
    dialect?: string;
    port?: string;
  };
  positionals: string[];
} {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        check: { type: 'boolean' },
        test: { type: 'boolean' },
        dialect: { type: 'string' },
        port: { type: 'string' },
      },
    });
  } catch (error) {
    throw usage((error as Error).message);
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

const usage = (problem: string): UsageError => new UsageError(`${problem}\n\n${USAGE}`);
