#!/usr/bin/env bash
# Good guess: parse-prometheus-text-format gives a histogram for each set of labels, as it gives a gauge for each.
# What happens: of a histogram or summary with labels it gives one, without labels, sum and count, whose buckets are those of the
#   set that comes last. The others are gone. Without labels it is right, as the example of its README is.
# Seen with: parse-prometheus-text-format 1.1.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages parse-prometheus-text-format@1.1.1
cat >run.mjs <<'JS'
import assert from 'assert';
import parse from 'parse-prometheus-text-format';
const set = (labels, low, all) => {
  const inner = labels ? `${labels},` : '';
  const outer = labels ? `{${labels}}` : '';
  return `wait_bucket{${inner}le="1"} ${low}\nwait_bucket{${inner}le="+Inf"} ${all}\nwait_sum${outer} 7\nwait_count${outer} ${all}\n`;
};
const read = (text) => parse(`# TYPE wait histogram\n${text}`).map(({ metrics }) => metrics);
const labelled = read(set('queue="a"', 1, 3) + set('queue="b"', 50, 80));
const plain = read(set('', 1, 3));
console.log(JSON.stringify({ labelled, plain }));
assert.deepStrictEqual(labelled, [[{ buckets: { 1: '50', '+Inf': '80' } }]]);
assert.deepStrictEqual(plain, [[{ buckets: { 1: '1', '+Inf': '3' }, sum: '7', count: '3' }]]);
JS
node run.mjs
