#!/usr/bin/env bash
# Good guess: after a break, every client of Server-Sent Events names the last id it got in the header Last-Event-ID, also when that
#   id came in a block without data, with which a server moves the place on without a message.
# What happens: event-source-polyfill sends no such header; it appends ?lastEventId= to the address, so a server that reads the
#   header begins anew each time. An id without data is forgotten by eventsource, eventsource-client, event-source-plus,
#   launchdarkly-eventsource and the polyfill: they go on from the one before. The standard sets it before it looks at the data.
# Seen with: eventsource 4.1.1, eventsource-client 1.2.0, event-source-plus 0.1.15, launchdarkly-eventsource 2.2.0,
#   event-source-polyfill 1.0.31, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages eventsource@4.1.1 eventsource-client@1.2.0 event-source-plus@0.1.15 launchdarkly-eventsource@2.2.0 event-source-polyfill@1.0.31
cat >run.mjs <<'JS'
import assert from 'node:assert';
import http from 'node:http';
import { EventSourcePlus } from 'event-source-plus';
import polyfill from 'event-source-polyfill';
import { EventSource } from 'eventsource';
import { createEventSource } from 'eventsource-client';
import launchdarkly from 'launchdarkly-eventsource';
const asked = {};
const server = http.createServer((req, res) => {
  const { pathname, search } = new URL(req.url, 'http://localhost');
  const connections = (asked[pathname.slice(1)] ??= []);
  connections.push(req.headers['last-event-id'] ?? search);
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  if (connections.length === 1) res.end('retry: 50\nid: 1\ndata: a\n\nid: 2\n\n');
  else res.write(': open\n\n');
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = (name) => `http://127.0.0.1:${server.address().port}/${name}`;
new EventSource(url('eventsource'));
new polyfill.EventSourcePolyfill(url('polyfill'));
new (launchdarkly.EventSource ?? launchdarkly)(url('launchdarkly')).onerror = () => undefined;
createEventSource({ url: url('client') });
new EventSourcePlus(url('plus')).listen({ onMessage() {} });
while (Object.values(asked).filter((connections) => connections.length > 1).length < 5) await new Promise((done) => setTimeout(done, 20));
const again = Object.fromEntries(Object.entries(asked).map(([name, connections]) => [name, connections[1]]));
console.log('named when connecting again', again);
assert.deepStrictEqual(again, { eventsource: '1', polyfill: '?lastEventId=1', launchdarkly: '1', client: '1', plus: '1' });
process.exit();
JS
node run.mjs
