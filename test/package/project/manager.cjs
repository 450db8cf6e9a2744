// node manager.cjs [FRAMEWORK]: what must hold in a project, whoever installed it. Exits with 1 where it does not.
const assert = require('node:assert/strict');
const { createRequire } = require('node:module');

const [framework] = process.argv.slice(2);
const ours = createRequire(require.resolve('canopsis-heartbeat'));

const versionIn = (find, name) => find(`${name}/package.json`).version;

for (const name of ['@nestjs/common', '@nestjs/core', '@nestjs/mongoose', 'mongoose']) {
  assert.equal(ours.resolve(name), require.resolve(name), `there are two of ${name}`);
}
assert.match(versionIn(require, '@nestjs/core'), /^11\./);
const { HeartbeatModule } = require('canopsis-heartbeat');
assert.equal(typeof HeartbeatModule.forRoot, 'function');

async function main() {
  const { startHeartbeatApp } = require('canopsis-heartbeat/testing');
  if (framework === undefined) {
    const sentence =
      /needs the package @nestjs\/platform-express or @nestjs\/platform-fastify: npm install @nestjs\/platform-express@11/;
    await assert.rejects(startHeartbeatApp(), sentence);
    return;
  }
  const app = await startHeartbeatApp();
  try {
    await app.createHeartbeat({ pattern: { connector: 'c1' }, expected_interval: '10s' });
    await app.clock.advance(12_000);
    assert.equal(app.alarms.length, 1);
  } finally {
    await app.stop();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
