#!/usr/bin/env bash
# Good guess: NO_PROXY=localhost,127.0.0.0/8,::1, as installers and Kubernetes distributions write it, keeps loopback away from
#   the proxy.
# What happens: neither 127.0.0.0/8 nor ::1 is understood: requests to http://127.0.0.1 and http://[::1] go to the proxy, without a
#   word. Only 127.0.0.1 and [::1], with brackets, are.
# Seen with: undici 7.30.2 (EnvHttpProxyAgent), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages undici@7.30.2
cat >run.mjs <<'JS'
import assert from 'node:assert';
import http from 'node:http';
import { EnvHttpProxyAgent, request } from 'undici';
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const asked = [];
const proxy = http.createServer((req, res) => { asked.push(req.url); res.end(); });
const httpProxy = `http://127.0.0.1:${await listen(proxy)}`;
const origin = await listen(http.createServer((req, res) => res.end()));
const seen = {};
for (const [noProxy, host] of [['127.0.0.0/8', '127.0.0.1'], ['127.0.0.1', '127.0.0.1'], ['::1', '[::1]'], ['[::1]', '[::1]']]) {
  asked.length = 0;
  const dispatcher = new EnvHttpProxyAgent({ httpProxy, noProxy, proxyTunnel: false });
  // Nothing listens at [::1]: a request that goes there directly is refused.
  await request(`http://${host}:${origin}/`, { dispatcher }).then((answer) => answer.body.text(), () => undefined);
  seen[noProxy] = asked.length ? 'proxy' : 'direct';
}
console.log(seen);
assert.deepStrictEqual(seen, { '127.0.0.0/8': 'proxy', '127.0.0.1': 'direct', '::1': 'proxy', '[::1]': 'direct' });
process.exit();
JS
node run.mjs
