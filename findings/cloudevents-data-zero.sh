#!/usr/bin/env bash
# Good guess: data of a CloudEvent may be any JSON value, and what HTTP.structured() and HTTP.binary() write, HTTP.toEvent() reads.
# What happens: 0, false and "" are written in the structured form and are gone after reading. In the binary form the body of
#   another number, or of true, is not text, and the SDK refuses its own message; as text, 5 comes back as "5".
# Seen with: cloudevents 10.0.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages cloudevents@10.0.0
cat >run.cjs <<'JS'
const assert = require('assert');
const { CloudEvent, HTTP } = require('cloudevents');
const read = (message) => { try { return HTTP.toEvent(message).data; } catch (error) { return error.message; } };
const seen = [0, false, '', 5, { count: 0 }].map((data) => {
  const event = new CloudEvent({ source: '/s', type: 't', data });
  const binary = HTTP.binary(event);
  return [data, read(HTTP.structured(event)), read(binary), read({ headers: binary.headers, body: String(binary.body) })];
});
assert.match(HTTP.structured(new CloudEvent({ source: '/s', type: 't', data: 0 })).body, /"data":0\}/);
for (const [data, ...back] of seen) console.log('data', data, 'structured, binary, binary as text:', ...back);
const refused = 'invalid payload type, allowed are: string or object';
assert.deepStrictEqual(seen.map((s) => s[1]), [undefined, undefined, undefined, 5, { count: 0 }]);
assert.deepStrictEqual([seen[3][2], seen[3][3], seen[4][2]], [refused, '5', { count: 0 }]);
JS
node run.cjs
