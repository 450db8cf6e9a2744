import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cleanEnvironment, databaseTarball, install, nodeBinary, run } from './tools.mjs';

/** npm chooses what the library needs of its host; here it may not choose tomorrow's versions. */
const OVERRIDES = {
  '@nestjs/common': '12.5.1',
  '@nestjs/core': '12.5.1',
  '@nestjs/platform-express': '12.5.1',
  '@nestjs/mongoose': '12.0.0',
  '@nestjs/passport': '12.0.0',
  mongoose: '9.12.1',
  passport: '0.7.0',
  'reflect-metadata': '0.2.2',
  rxjs: '7.8.2',
};
const EXPRESS = '@nestjs/platform-express';
/** Those of `test`, unless told otherwise. */
const AUTHORIZATION = `Basic ${Buffer.from('root:root').toString('base64')}`;

/** Tries `npx canopsis-heartbeat` in a project that has nothing but the tarballs. */
export async function checkCommand(directory, tarball) {
  const cwd = join(directory, 'project-command');
  const dependencies = { 'canopsis-heartbeat': `file:${tarball}` };
  await install(cwd, { dependencies, overrides: OVERRIDES });
  const command = (...args) => run('npx', ['--no-install', 'canopsis-heartbeat', ...args], { cwd });
  const { version } = JSON.parse(
    await readFile(join(cwd, 'node_modules/canopsis-heartbeat/package.json'), 'utf8'),
  );
  assert.equal((await command('--version')).trim(), version);
  // Who has a MongoDB needs no more; without one the sentence says what is missing.
  for (const name of ['embedded-mongo', 'lmdb', 'mingo']) {
    assert.ok(!existsSync(join(cwd, 'node_modules', name)), `${name} is installed`);
  }
  const framework =
    /ended with 1:[^]*platform-express or @nestjs\/platform-fastify: npm install @nestjs\/platform-express@12\n$/;
  for (const args of [[], ['test']]) await assert.rejects(command(...args), framework);
  dependencies[EXPRESS] = OVERRIDES[EXPRESS];
  await install(cwd, { dependencies, overrides: OVERRIDES });
  for (const args of [[], ['test']]) {
    await assert.rejects(command(...args), /ended with 1:[^]* needs the package embedded-mongo: [^\n]*\n$/);
  }
  const database = { 'embedded-mongo': `file:${databaseTarball(directory)}` };
  await install(cwd, { dependencies: { ...dependencies, ...database }, overrides: OVERRIDES });
  assert.match(
    await command('check'),
    /^users: ok\npackages: ok\nports: ok\nembedded database: ok \([^\n]*\)\n$/,
  );
  assert.match(await command('hash-password', 'alice', '--key'), /^alice:key:sha256\$\S+\n$/);
  await checkCompileCache(directory, cwd);
  await assert.rejects(command('--nonsense'), /ended with 1:[^]*canopsis-heartbeat help/);
  await checkTestServer(cwd);
}

/** Node keeps what it compiled, from version 22 on, beside the packages and nowhere else. */
async function checkCompileCache(directory, cwd) {
  const node = await nodeBinary(directory, 24);
  await run(node, ['node_modules/canopsis-heartbeat/dist/main.js', '--version'], { cwd });
  const [kept, ...others] = await readdir(join(cwd, 'node_modules/.cache/canopsis-heartbeat'));
  assert.match(kept ?? 'nothing', /^v24\./);
  assert.deepEqual(others, []);
}

async function checkTestServer(cwd) {
  const child = spawn('npx', ['--no-install', 'canopsis-heartbeat', 'test'], {
    cwd,
    // npx does not pass signals on: its whole group is stopped.
    detached: true,
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const line = await Promise.race([lines.next(), ended.then(() => ({ value: undefined }))]);
    assert.ok(line.value, 'test ended before it said where it answers');
    const { url, user, password } = JSON.parse(line.value);
    assert.deepEqual([user, password], ['root', 'root']);
    const call = async (method, path, json) => {
      const headers = { Authorization: AUTHORIZATION, 'Content-Type': 'application/json' };
      const response = await fetch(url + path, { method, headers, body: JSON.stringify(json) });
      assert.equal(response.status, 200, `${method} ${path}`);
      return response.json();
    };
    await call('POST', '/api/v2/heartbeat', { pattern: { connector: 'c1' }, expected_interval: '10s' });
    await call('POST', '/test/clock', { advance_ms: 11_000 });
    const [alarm] = await call('GET', '/test/alarms');
    assert.deepEqual([alarm.resource, alarm.state], ['connector:c1', 3]);
  } finally {
    process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
}
