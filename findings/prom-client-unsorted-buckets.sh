#!/usr/bin/env bash
# Good guess: buckets of a histogram in any order are sorted, or refused, since the counts of le have to be cumulative.
# What happens: they are taken as they stand and counted wrongly: with buckets [5, 1, 10] an observation of 2 is counted
#   below le="1" too, so that quantiles computed of it are too low. Nothing is thrown.
# Seen with: prom-client 15.1.3, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages prom-client@15.1.3
cat >run.cjs <<'JS'
const assert = require('assert');
const { Histogram, Registry } = require('prom-client');
const count = async (buckets) => {
  const registry = new Registry();
  new Histogram({ name: 'x', help: 'h', buckets, registers: [registry] }).observe(2);
  return (await registry.metrics()).split('\n').filter((line) => line.includes('_bucket'));
};
(async () => {
  const [sorted, unsorted] = [await count([1, 5, 10]), await count([5, 1, 10])];
  console.log('sorted', sorted, 'unsorted', unsorted);
  assert(sorted.includes('x_bucket{le="1"} 0'));
  assert(unsorted.includes('x_bucket{le="1"} 1'));
})();
JS
node run.cjs
