#!/usr/bin/env bash
# Good guess: increment('failures', 0) adds nothing, as in other clients of StatsD: increment(name, failed.length) needs no "if".
# What happens: node-statsd sends 1 for 0, and decrement(name, 0) sends -1. hot-shots, which grew out of it, and Python's statsd
#   send 0.
# Seen with: node-statsd 0.1.1, hot-shots 17.1.1, Node 20; statsd 4.0.1, Python 3.11.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages node-statsd@0.1.1 hot-shots@17.1.1
python_packages statsd==4.0.1
cat >run.mjs <<'JS'
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
import HotShots from 'hot-shots';
import NodeStatsd from 'node-statsd';
const got = [];
const server = dgram.createSocket('udp4').on('message', (message) => got.push(String(message)));
await new Promise((done) => server.bind(0, '127.0.0.1', done));
const { port } = server.address();
for (const Client of [NodeStatsd, HotShots]) {
  const client = new Client({ host: '127.0.0.1', port, prefix: `${Client === NodeStatsd ? 'node-statsd' : 'hot-shots'}.` });
  client.increment('failures', 0);
  client.decrement('waiting', 0);
}
execFile('python', ['-c', `import statsd; statsd.StatsClient('127.0.0.1', ${port}, prefix='python').incr('failures', 0)`]);
while (got.length < 5) await new Promise((done) => setTimeout(done, 10));
console.log(got.sort());
assert.deepStrictEqual(got, [
  'hot-shots.failures:0|c', 'hot-shots.waiting:0|c', 'node-statsd.failures:1|c', 'node-statsd.waiting:-1|c', 'python.failures:0|c',
]);
process.exit();
JS
node run.mjs
