#!/usr/bin/env bash
# Good guess: a summary that has observed nothing, or nothing within maxAgeSeconds, gives NaN for its quantiles.
# What happens: it gives 0, so that an idle service shows a latency of 0 in its graphs, and an average over instances sinks,
#   instead of showing a gap.
# Seen with: prom-client 15.1.3, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages prom-client@15.1.3
cat >run.cjs <<'JS'
const assert = require('assert');
const { Registry, Summary } = require('prom-client');
(async () => {
  const registry = new Registry();
  const summary = new Summary({ name: 's', help: 'h', percentiles: [0.99], maxAgeSeconds: 1, ageBuckets: 1, registers: [registry] });
  const p99 = async () => /^s\{quantile="0.99"\} (.*)$/m.exec(await registry.metrics())[1];
  const fresh = await p99();
  summary.observe(3);
  const observed = await p99();
  const until = Date.now() + 10_000;
  while ((await p99()) === observed && Date.now() < until) await new Promise((done) => setTimeout(done, 100));
  const idle = await p99();
  console.log({ fresh, observed, idle });
  assert.deepStrictEqual({ fresh, observed, idle }, { fresh: '0', observed: '3', idle: '0' });
})();
JS
node run.cjs
