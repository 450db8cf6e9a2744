#!/usr/bin/env bash
# Good guess: fetchEventSource is EventSource with headers of one's own: when the server ends a response, it connects again after
#   the time in "retry:", with Last-Event-ID.
# What happens: a response that ends is the end: its promise resolves, and it never connects again. A server that closes its streams
#   when it restarts, or a proxy that limits their length, leaves it silent; only a broken connection is tried again. To go on,
#   onclose has to throw. A block with an id alone, which is no message, comes as one with empty data, where JSON.parse throws.
# Seen with: @microsoft/fetch-event-source 2.0.1 (with a stand-in for document, which it asks whether the page is visible),
#   eventsource 4.1.1 for comparison, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @microsoft/fetch-event-source@2.0.1 eventsource@4.1.1
cat >run.mjs <<'JS'
import assert from 'node:assert';
import http from 'node:http';
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window = globalThis;
const { fetchEventSource } = (await import('@microsoft/fetch-event-source')).default;
const { EventSource } = await import('eventsource');
const asked = { '/fetch': [], '/throws': [], '/standard': [] };
const server = http.createServer((req, res) => {
  asked[req.url].push(req.headers['last-event-id']);
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  if (asked[req.url].length === 1) res.end('retry: 50\nid: 1\ndata: {"a":1}\n\nid: 2\n\n');
  else res.write(': open\n\n');
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const base = `http://127.0.0.1:${server.address().port}`;
const messages = [];
await fetchEventSource(`${base}/fetch`, { onmessage: ({ id, data }) => messages.push([id, data]) });
const source = new EventSource(`${base}/standard`);
void fetchEventSource(`${base}/throws`, { onclose() { throw new Error('again'); } });
while (asked['/standard'].length < 2 || asked['/throws'].length < 2) await new Promise((done) => setTimeout(done, 10));
source.close();
console.log({ messages, asked });
assert.deepStrictEqual(messages, [['1', '{"a":1}'], ['2', '']]);
assert.deepStrictEqual(asked['/fetch'], [undefined]);
assert.strictEqual(asked['/standard'].length, 2);
assert.strictEqual(asked['/throws'].length, 2);
process.exit();
JS
node run.mjs
