#!/usr/bin/env bash
# Good guess: for an http:// address, EnvHttpProxyAgent sends the proxy "GET http://host:port/path", as curl does;
#   CONNECT is for https.
# What happens: it asks for a tunnel for http too ("CONNECT host:port"). A proxy that allows CONNECT to 443 alone refuses
#   a webhook at http://alerts.example:8080. { proxyTunnel: false } makes it plain.
# Seen with: undici 7.30.2, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages undici@7.30.2
cat >run.mjs <<'JS'
import assert from 'node:assert';
import http from 'node:http';
import net from 'node:net';
import { EnvHttpProxyAgent, request } from 'undici';
const listen = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const seen = [];
const origin = await listen(http.createServer((req, res) => res.end('origin')));
const proxy = http.createServer((req, res) => { seen.push(`${req.method} ${req.url}`); res.end('by proxy'); });
proxy.on('connect', (req, socket) => {
  seen.push(`${req.method} ${req.url}`);
  const to = net.connect(origin, '127.0.0.1', () => { socket.write('HTTP/1.1 200 OK\r\n\r\n'); to.pipe(socket).pipe(to); });
});
const httpProxy = `http://127.0.0.1:${await listen(proxy)}`;
for (const options of [{}, { proxyTunnel: false }]) {
  const dispatcher = new EnvHttpProxyAgent({ httpProxy, httpsProxy: httpProxy, noProxy: '', ...options });
  await (await request(`http://127.0.0.1:${origin}/hook`, { dispatcher })).body.text();
}
console.log(seen);
assert.deepStrictEqual(seen, [`CONNECT 127.0.0.1:${origin}`, `GET http://127.0.0.1:${origin}/hook`]);
process.exit();
JS
node run.mjs
