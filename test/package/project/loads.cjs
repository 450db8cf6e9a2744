/** node loads.cjs PACKAGE…: whether the library loads without these packages, and without asking for them. */
const assert = require('node:assert/strict');
const Module = require('node:module');

const absent = process.argv.slice(2);
for (const name of absent) assert.throws(() => require.resolve(name), `${name} is installed`);

const OPTIONAL =
  /^(amqplib|amqp-connection-manager|nestjs-pino|pino|pino-http|prom-client|embedded-mongo|lmdb|mingo|express|fastify|@nestjs\/platform-\w+)(\/|$)/;
const fromLibrary = /canopsis-heartbeat[\\/]dist/;
const asked = [];
const load = Module._load;
Module._load = function (request, parent, ...rest) {
  if (OPTIONAL.test(request) && fromLibrary.test(parent?.filename ?? '')) asked.push(request);
  return load.call(this, request, parent, ...rest);
};
assert.equal(typeof require('canopsis-heartbeat').HeartbeatModule.forRoot, 'function');
assert.equal(typeof require('canopsis-heartbeat/testing').startHeartbeatApp, 'function');
assert.deepEqual(asked, []);
assert.throws(() => require('canopsis-heartbeat/dist/main.js'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });
