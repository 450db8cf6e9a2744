/**
 * node test/deploy/check.mjs [NAME…]
 * Checks the files that deploy the product, each with a program that knows its format, and shows that each check refuses broken
 * copies. The names choose checks. Needs Python; nginx and systemd-analyze are fetched from Debian where they are missing.
 * Exits with 1 at the first failure.
 */
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, run, scratchDirectory, timed } from '../package/tools.mjs';
import { checkBehaviour, checkSyntax } from './nginx.mjs';
import { nginxProgram, pythonModules, systemdAnalyze } from './programs.mjs';

/** The oldest and the newest Kubernetes that the manifests are for. */
const KUBERNETES = ['1.30', '1.36'];
/** Exposure in tenths, 0 to 100: what systemd itself calls OK ends at 20. */
const MOST_EXPOSURE = '15';

const COMPOSE = 'deploy/compose/compose.yml';
const UNIT = 'deploy/systemd/canopsis-heartbeat.service';
const NGINX = 'deploy/compose/nginx/nginx.conf';
const MANIFESTS = 'deploy/kubernetes';

/** Each check of the tree below a directory, and what must make it fail: a file, and a text in it that is replaced. */
const CHECKS = {
  compose: {
    check: checkCompose,
    broken: [
      [COMPOSE, 'restart: unless-stopped', 'restarts: unless-stopped'],
      [COMPOSE, 'condition: service_healthy', 'condition: service_well'],
      ['docker-compose.yml', 'networks: [back]', 'networks: 7'],
    ],
  },
  kubernetes: {
    check: checkKubernetes,
    broken: [
      [`${MANIFESTS}/deployment.yaml`, 'readOnlyRootFilesystem', 'readonlyRootFilesystem'],
      [`${MANIFESTS}/deployment.yaml`, 'replicas: 2', "replicas: 'two'"],
      [`${MANIFESTS}/disruption-budget.yaml`, 'policy/v1', 'policy/v2'],
      [`${MANIFESTS}/network-policy.yaml`, 'podSelector', 'podSelektor'],
    ],
  },
  systemd: {
    check: checkSystemd,
    broken: [
      [UNIT, 'ProtectSystem=strict', 'ProtectSystem=very'],
      [UNIT, 'dist/main.js', 'dist/main.js\nExecStart=/no/such/program'],
      // Parses, but leaves the service too much.
      [UNIT, 'CapabilityBoundingSet=\n', ''],
    ],
  },
  'nginx-syntax': {
    check: (directory, { nginx }) => checkSyntax(join(directory, NGINX), nginx),
    broken: [
      [NGINX, 'least_conn;', 'most_conn;'],
      [NGINX, '# ssl_protocols TLSv1.2 TLSv1.3;', '# ssl_protocols TLSv9;'],
    ],
  },
  'nginx-behaviour': {
    check: (directory, { nginx }) => checkBehaviour(join(directory, NGINX), nginx),
    broken: [
      [NGINX, 'merge_slashes off;', 'merge_slashes on; rewrite ^(.*)/$ $1;'],
      [NGINX, 'error timeout;', 'error timeout non_idempotent;'],
      [NGINX, 'client_max_body_size 1m;', 'client_max_body_size 2m;'],
      [NGINX, 'location ~* ^/+metrics', 'location = /metrics'],
      [NGINX, 'proxy_set_header X-Request-Id $heartbeat_request_id;', ''],
    ],
  },
};

async function checkCompose(directory, { python }) {
  const files = [COMPOSE, 'docker-compose.yml'].map((file) => join(directory, file));
  const schema = ['--builtin-schema', 'vendor.compose-spec'];
  await run('python3', ['-m', 'check_jsonschema', ...schema, ...files], await python);
}

async function checkKubernetes(directory, { python }) {
  const names = (await readdir(join(directory, MANIFESTS))).filter((name) => name !== 'kustomization.yaml');
  const files = names.map((name) => join(directory, MANIFESTS, name));
  const options = await python;
  for (const version of KUBERNETES) {
    const args = ['-m', 'kubernetes_validate', '--quiet', '--strict', '-k', version, ...files];
    const said = await run('python3', args, { ...options, both: true });
    // A kind that this version does not have is a warning only.
    if (said !== '') throw new Error(said);
  }
}

async function checkSystemd(directory, { systemd }) {
  const analyze = await systemd;
  const unit = join(directory, UNIT);
  const text = await readFile(unit, 'utf8');
  // Verifying looks for the program, which need not be where the installation has it.
  await writeFile(unit, text.replace('ExecStart=/usr/bin/node', `ExecStart=${process.execPath}`));
  const verified = await run(analyze, ['verify', '--man=no', unit], { both: true });
  // An unknown or wrong setting is a warning only.
  if (verified.includes(UNIT)) throw new Error(verified);
  await run(analyze, ['security', '--offline=yes', '--no-pager', `--threshold=${MOST_EXPOSURE}`, unit]);
}

/** The programs that check, all looked for at once. */
function fetched(scratch) {
  const python = pythonModules(scratch);
  const systemd = systemdAnalyze();
  // One after the other: only one apt-get can run at a time.
  const nginx = systemd.then(() => nginxProgram(scratch));
  for (const program of [python, nginx]) program.catch(() => undefined);
  return { python, nginx, systemd };
}

/** A copy of all that is checked, for a check to write into. */
async function copyOf(directory) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const part of ['deploy', 'docker-compose.yml']) {
    await cp(join(ROOT, part), join(directory, part), { recursive: true });
  }
  return directory;
}

async function refusesBroken({ check, broken }, programs, scratch) {
  for (const [file, from, to] of broken) {
    const directory = await copyOf(join(scratch, 'broken'));
    const text = await readFile(join(directory, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no "${from}" that could be broken`);
    await writeFile(join(directory, file), text.replaceAll(from, to));
    const passed = await check(directory, programs).then(
      () => true,
      () => false,
    );
    if (passed) throw new Error(`${file} passes with "${to}" in place of "${from}"`);
  }
}

async function main(names) {
  const scratch = await scratchDirectory();
  const programs = fetched(scratch);
  try {
    for (const [name, check] of Object.entries(CHECKS)) {
      if (names.length > 0 && !names.includes(name)) continue;
      await timed(name, async () => check.check(await copyOf(join(scratch, 'copy')), programs));
      await timed(`${name}: ${check.broken.length} broken copies are refused`, () =>
        refusesBroken(check, programs, scratch),
      );
    }
  } finally {
    await Promise.allSettled(Object.values(programs));
    await rm(scratch, { recursive: true, force: true });
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
