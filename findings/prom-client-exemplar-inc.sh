#!/usr/bin/env bash
# Good guess: enableExemplars only adds a way to pass an exemplar; counter.inc(5) and counter.inc({ code: '200' }, 5) still add 5.
# What happens: each of these calls adds 1, and the labels of the second are lost: with exemplars on, inc takes one object
#   { labels, value, exemplarLabels } and takes whatever else it gets for an empty one. Nothing is thrown or logged.
# Seen with: prom-client 15.1.3, OpenMetrics registry, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages prom-client@15.1.3
cat >run.cjs <<'JS'
const assert = require('assert');
const { Counter, Registry } = require('prom-client');
const registry = new Registry(Registry.OPENMETRICS_CONTENT_TYPE);
const options = { help: 'h', registers: [registry], enableExemplars: true };
const plain = new Counter({ ...options, name: 'plain_total' });
const labelled = new Counter({ ...options, name: 'labelled_total', labelNames: ['code'] });
plain.inc(5);
labelled.inc({ code: '200' }, 5);
(async () => {
  const text = await registry.metrics();
  console.log(text);
  assert.match(text, /^plain_total 1$/m);
  assert.match(text, /^labelled_total 1$/m);
  assert.doesNotMatch(text, /code="200"/);
  labelled.inc({ labels: { code: '200' }, value: 5 });
  assert.match(await registry.metrics(), /^labelled_total\{code="200"\} 5$/m);
})();
JS
node run.cjs
