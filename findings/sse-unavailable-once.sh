#!/usr/bin/env bash
# Good guess: a client of Server-Sent Events connects again until the server is back, also when a proxy answers 503 while the server
#   restarts: that is what EventSource is for.
# What happens: the standard has it give up for good on any answer but 200, and eventsource and event-source-polyfill do: one 503,
#   and the stream is closed (readyState 2) with no further try. eventsource-client and launchdarkly-eventsource go on. On a refused
#   connection all four go on, so a test that only stops the server shows nothing.
# Seen with: eventsource 4.1.1, event-source-polyfill 1.0.31, eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages eventsource@4.1.1 event-source-polyfill@1.0.31 eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0
cat >run.mjs <<'JS'
import assert from 'node:assert';
import http from 'node:http';
import polyfill from 'event-source-polyfill';
import { EventSource } from 'eventsource';
import { createEventSource } from 'eventsource-client';
import launchdarkly from 'launchdarkly-eventsource';
const asked = {};
const server = http.createServer((req, res) => {
  const name = new URL(req.url, 'http://localhost').pathname.slice(1);
  asked[name] = (asked[name] ?? 0) + 1;
  if (asked[name] === 2) return res.writeHead(503).end();
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  if (asked[name] === 1) res.end('retry: 50\ndata: a\n\n');
  else res.write('data: b\n\n');
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = (name) => `http://127.0.0.1:${server.address().port}/${name}`;
const standard = [new EventSource(url('eventsource')), new polyfill.EventSourcePolyfill(url('polyfill'))];
const reasons = [];
for (const source of standard) source.onerror = () => reasons.push(source.readyState);
const patient = new (launchdarkly.EventSource ?? launchdarkly)(url('launchdarkly'));
patient.onerror = () => undefined;
createEventSource({ url: url('client') });
const given = () => standard.every((source) => source.readyState === 2);
while (!given() || asked.client < 3 || asked.launchdarkly < 3) await new Promise((done) => setTimeout(done, 20));
// Twenty times the time in "retry:", for those that gave up.
await new Promise((done) => setTimeout(done, 1000));
console.log('connections', asked);
assert.deepStrictEqual(asked, { eventsource: 2, polyfill: 2, client: 3, launchdarkly: 3 });
assert.ok(given());
process.exit();
JS
node run.mjs
