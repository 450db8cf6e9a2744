#!/usr/bin/env bash
# Good guess: Node's fetch calls any address that http.request can call; lists of forbidden ports are for browsers.
# What happens: it refuses a list of ports before it connects, with "fetch failed", cause "bad port": 5060, 6000, 10080 and others
#   that a webhook of one's own may well have. undici.request and node:http reach the same server.
# Seen with: Node 20.20.2's own fetch; undici 7.30.2 for request.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages undici@7.30.2
cat >run.mjs <<'JS'
import assert from 'node:assert';
import http from 'node:http';
import { request } from 'undici';
const bind = (server, port) =>
  new Promise((done, failed) => server.once('error', failed).listen(port, '127.0.0.1', () => done(port)));
const server = http.createServer((req, res) => res.end('ok'));
// The first of them that is free.
let port;
for (const candidate of [10080, 6000, 5060, 5061, 6566]) {
  port = await bind(server, candidate).catch(() => undefined);
  if (port) break;
}
assert(port, 'none of the ports is free');
const url = `http://127.0.0.1:${port}/`;
const seen = {
  fetch: await fetch(url).then((answer) => answer.text(), (error) => `${error.message}: ${error.cause?.message}`),
  request: await (await request(url)).body.text(),
};
console.log(port, seen);
assert.deepStrictEqual(seen, { fetch: 'fetch failed: bad port', request: 'ok' });
process.exit();
JS
node run.mjs
