#!/usr/bin/env bash
# Good guess: Duration.rescale() says the same length in larger units: 29 days stay 29 days or 4 weeks and 1 day, 365 days are a year.
# What happens: from 28 days on it becomes longer. On the way down days become weeks, and on the way up 4 weeks count as a month,
#   which is 30 days when asked: 29 days are "1 month, 1 day" (31 days), and 365 are "1 year, 1 month, 1 day" (396).
#   Its table of conversions has both, 4 weeks and 30 days, and one call uses them both.
# Seen with: luxon 3.7.2, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages luxon@3.7.2
cat >run.cjs <<'JS'
const assert = require('assert');
const { Duration } = require('luxon');
const seen = [27, 28, 29, 365].map((days) => {
  const scaled = Duration.fromMillis(days * 86_400_000).rescale();
  return [days, scaled.toHuman(), scaled.as('days')];
});
console.log(seen);
assert.deepStrictEqual(seen, [
  [27, '3 weeks, 6 days', 27],
  [28, '1 month', 30],
  [29, '1 month, 1 day', 31],
  [365, '1 year, 1 month, 1 day', 396],
]);
JS
node run.cjs
