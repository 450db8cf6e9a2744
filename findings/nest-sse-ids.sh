#!/usr/bin/env bash
# Good guess: an event that a handler of @Sse gives no id is sent without id:, and the browser sends as Last-Event-ID the last id
#   that the application gave.
# What happens: Nest numbers each event without id by itself, from 1 for each connection. Mixed with ids of one's own the browser
#   comes back with a number that says nothing: after 77 the next event has id 1 or 2.
# Seen with: @nestjs/core 11.2.10, Express, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/platform-express@11.2.10 reflect-metadata@0.2.2 rxjs@7.8.2
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('assert');
const { from } = require('rxjs');
const { Controller, Module, Sse } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
class Changes { stream() { return from([{ data: 'hello' }, { data: 'change', id: '77' }, { data: 'keep-alive' }]); } }
Sse('changes')(Changes.prototype, 'stream', Object.getOwnPropertyDescriptor(Changes.prototype, 'stream'));
Controller()(Changes);
class App {}
Module({ controllers: [Changes] })(App);
(async () => {
  const nest = await NestFactory.create(App, { logger: false });
  await nest.listen(0, '127.0.0.1');
  const ids = [];
  for (let connection = 0; connection < 2; connection++) {
    const text = await (await fetch(`${await nest.getUrl()}/changes`)).text();
    ids.push([...text.matchAll(/^id: (.*)$/gm)].map((match) => match[1]));
  }
  console.log(ids);
  assert.deepStrictEqual(ids, [['1', '77', '2'], ['1', '77', '2']]);
  process.exit();
})();
JS
node run.cjs
