#!/usr/bin/env bash
# Good guess: data of a content type that ends in +json (application/problem+json, application/vnd.acme.v2+json) is JSON, as the
#   format of CloudEvents has it, and is an object again after it was read.
# What happens: it is written as JSON and read as a string. So is text/json. Only application/json itself is parsed, so a consumer's
#   event.data.state is undefined when a producer makes its content type more precise.
# Seen with: cloudevents 10.0.0 (npm), Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages cloudevents@10.0.0
cat >run.mjs <<'JS'
import assert from 'assert';
import cloudevents from 'cloudevents';
const { CloudEvent, HTTP } = cloudevents;
const seen = ['application/json', 'application/problem+json', 'application/vnd.acme.v2+json', 'text/json'].map((datacontenttype) => {
  const sent = HTTP.binary(new CloudEvent({ type: 't', source: 's', id: '1', datacontenttype, data: { state: 'late' } }));
  return [datacontenttype, sent.body, HTTP.toEvent(sent).data];
});
console.log(seen);
const text = '{"state":"late"}';
assert.deepStrictEqual(seen, [
  ['application/json', text, { state: 'late' }], ['application/problem+json', text, text],
  ['application/vnd.acme.v2+json', text, text], ['text/json', text, text],
]);
JS
node run.mjs
