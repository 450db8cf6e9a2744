#!/usr/bin/env bash
# Good guess: Mustache and Handlebars escape the same few characters of HTML (& < > " '), so a URL without & passes either unchanged.
# What happens: Mustache also escapes / = and `, Handlebars = and ` but not /. A link in a JSON body made with {{url}} comes out
#   as http:&#x2F;&#x2F;… from one and with &#x3D; from both; LiquidJS escapes nothing at all, not even quotes.
# Seen with: mustache 4.2.0, handlebars 4.7.10, liquidjs 10.30.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages mustache@4.2.0 handlebars@4.7.10 liquidjs@10.30.1
cat >run.cjs <<'JS'
const assert = require('assert');
const event = { url: 'http://wiki.example/a?b=c' };
const seen = {
  mustache: require('mustache').render('{{url}}', event),
  handlebars: require('handlebars').compile('{{url}}')(event),
  liquid: new (require('liquidjs').Liquid)().parseAndRenderSync('{{url}}', event),
};
console.log(seen);
assert.deepStrictEqual(seen, {
  mustache: 'http:&#x2F;&#x2F;wiki.example&#x2F;a?b&#x3D;c',
  handlebars: 'http://wiki.example/a?b&#x3D;c',
  liquid: 'http://wiki.example/a?b=c',
});
JS
node run.cjs
