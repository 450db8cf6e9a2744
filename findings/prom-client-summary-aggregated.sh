#!/usr/bin/env bash
# Good guess: metrics of several workers put together by AggregatorRegistry give, for a summary, sums of _count and _sum,
#   and no quantiles (they cannot be combined) or some middle of them.
# What happens: the quantiles are added up: two workers that each took 100 ms report a median of 200 ms; with sixteen
#   workers a service looks sixteen times as slow. Another aggregator ("average", "omit") has to be named for the summary.
# Seen with: prom-client 15.1.3, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages prom-client@15.1.3
cat >run.cjs <<'JS'
const assert = require('assert');
const { AggregatorRegistry, Registry, Summary } = require('prom-client');
const worker = async () => {
  const registry = new Registry();
  new Summary({ name: 'seconds', help: 'h', percentiles: [0.5], registers: [registry] }).observe(0.1);
  return registry.getMetricsAsJSON();
};
(async () => {
  const text = await AggregatorRegistry.aggregate([await worker(), await worker()]).metrics();
  console.log(text);
  assert.match(text, /^seconds\{quantile="0.5"\} 0.2$/m);
  assert.match(text, /^seconds_count 2$/m);
})();
JS
node run.cjs
