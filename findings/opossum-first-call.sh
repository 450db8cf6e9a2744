#!/usr/bin/env bash
# Good guess: a circuit breaker with errorThresholdPercentage of 50 needs some calls before it judges: one failure does not cut a
#   peer off.
# What happens: opossum's volumeThreshold is 0: if the first call fails, 100 percent have failed, and for 30 seconds nothing is
#   sent. The same failure after ten good calls leaves it closed, and with volumeThreshold: 5 so does the first. Since its window is
#   10 seconds, of a peer that is called once a minute each call is a first one.
# Seen with: opossum 9.0.0, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages opossum@9.0.0
cat >run.mjs <<'JS'
import assert from 'assert';
import CircuitBreaker from 'opossum';
const opened = async (results, options) => {
  const left = [...results];
  const breaker = new CircuitBreaker(async () => { if (!left.shift()) throw new Error('refused'); }, { errorThresholdPercentage: 50, ...options });
  for (const _ of results) await breaker.fire().catch(() => undefined);
  const { opened: isOpen, options: { resetTimeout, rollingCountTimeout } } = breaker;
  breaker.shutdown();
  return { isOpen, resetTimeout, rollingCountTimeout };
};
const good = Array(10).fill(true);
const seen = [await opened([false]), await opened([...good, false]), await opened([false], { volumeThreshold: 5 })];
console.log(seen);
const times = { resetTimeout: 30000, rollingCountTimeout: 10000 };
assert.deepStrictEqual(seen, [{ isOpen: true, ...times }, { isOpen: false, ...times }, { isOpen: false, ...times }]);
JS
node run.mjs
