/**
 * node test/openapi/run.mjs [EXAMPLES]
 * Lets Schemathesis try the built application on what openapi.json says of it: all checks and all phases, on each dialect and
 * HTTP framework, two of them at a time. EXAMPLES (default: 25) is how many random requests each call gets, beside the systematic
 * ones. Needs Python 3.10 or newer with its venv module; what it installs and stores is gone afterwards. Exits with 1 where
 * anything was found, and prints how to reproduce it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, cleanEnvironment, run, sideBySide, timed } from '../package/tools.mjs';

const here = (name) => join(ROOT, 'test/openapi', name);
const SEED = '7';
const PHASES = 'examples,coverage,fuzzing,stateful';
/** A run that takes longer hangs, in milliseconds. */
const LIMIT_MS = 600_000;

const APPLICATIONS = [
  ['fastify', 'canopsis-4'],
  ['fastify', 'canopsis-3'],
  ['express', 'canopsis-4'],
  ['express', 'canopsis-3'],
];

async function main(examples) {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-openapi-'));
  const stop = () => void rm(directory, { recursive: true, force: true }).then(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const schemathesis = await timed('schemathesis installed', () => install(join(directory, 'venv')));
    const jobs = APPLICATIONS.map(([framework, dialect]) => async () => {
      const summary = await timed(`${framework}, ${dialect}`, () =>
        check(schemathesis, framework, dialect, join(directory, `${framework}-${dialect}`), examples),
      );
      console.log(summary);
    });
    await sideBySide(jobs, 2);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @returns the path of the program */
async function install(venv) {
  await run('python3', ['-m', 'venv', venv], { cwd: ROOT });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  await run(join(venv, 'bin/python'), [...pip, '-r', here('requirements.txt')], { cwd: ROOT });
  return join(venv, 'bin/schemathesis');
}

/** @returns what was tried, in a few lines */
async function check(schemathesis, framework, dialect, scratch, examples) {
  await mkdir(scratch);
  const env = cleanEnvironment({
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: join(scratch, 'data'),
    HEARTBEAT_DIALECT: dialect,
    // Wrong credentials are part of what is tried.
    LOGIN_FAILURES: '1000000',
  });
  const app = spawn(process.execPath, [here('serve.mjs'), framework], {
    cwd: ROOT,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(app, 'exit');
  try {
    const url = await Promise.race([
      once(createInterface({ input: app.stdout }), 'line').then(([line]) => line),
      exited.then(([code]) => Promise.reject(new Error(`the application ended with ${code}`))),
    ]);
    const args = [
      '--config-file',
      here('schemathesis.toml'),
      'run',
      join(ROOT, 'openapi.json'),
      '--url',
      url,
    ];
    const bounds = [
      '--checks',
      'all',
      '--phases',
      PHASES,
      '--seed',
      SEED,
      '--max-examples',
      String(examples),
    ];
    const output = await run(schemathesis, [...args, ...bounds], {
      cwd: scratch,
      env: { ...env, SCHEMATHESIS_HOOKS: here('hooks.py'), NO_COLOR: '1' },
      limitMs: LIMIT_MS,
    });
    // Its last line, a rule with what it warns of and how long it took, is also how pytest says that it ran nothing.
    return output
      .slice(output.indexOf('API Operations:'))
      .replace(/^=+ .* =+$/gm, '')
      .trim();
  } finally {
    app.stdin.end();
    await exited;
  }
}

main(Number(process.argv[2] ?? 25)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
