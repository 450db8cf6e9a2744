#!/usr/bin/env bash
# Good guess: DELETE without a body, from a client that sends Content-Type: application/json with every request, is answered alike by
#   Nest on Express and on Fastify, as the adapters are interchangeable.
# What happens: Express answers 204. Fastify answers 400 "Body cannot be empty when content-type is set to 'application/json'" before
#   any handler, guard or pipe is asked.
# Seen with: @nestjs/platform-fastify 11.2.8 (fastify 5), @nestjs/platform-express 11.2.10, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/platform-express@11.2.10 reflect-metadata@0.2.2 rxjs@7.8.2 @nestjs/platform-fastify@11.2.8
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('assert');
const { Controller, Delete, HttpCode, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { ExpressAdapter } = require('@nestjs/platform-express');
const { FastifyAdapter } = require('@nestjs/platform-fastify');
class Heartbeats { remove() {} }
const remove = Object.getOwnPropertyDescriptor(Heartbeats.prototype, 'remove');
HttpCode(204)(Heartbeats.prototype, 'remove', remove);
Delete(':id')(Heartbeats.prototype, 'remove', remove);
Controller()(Heartbeats);
class App {}
Module({ controllers: [Heartbeats] })(App);
(async () => {
  const seen = {};
  for (const [name, adapter] of Object.entries({ express: new ExpressAdapter(), fastify: new FastifyAdapter() })) {
    const nest = await NestFactory.create(App, adapter, { logger: false });
    await nest.listen(0, '127.0.0.1');
    const answer = await fetch(`${await nest.getUrl()}/1`, { method: 'DELETE', headers: { 'content-type': 'application/json' } });
    seen[name] = `${answer.status} ${(await answer.text()).slice(0, 60)}`.trim();
    await nest.close();
  }
  console.log(seen);
  assert.strictEqual(seen.express, '204');
  assert.match(seen.fastify, /^400 .*Body cannot be empty/);
  process.exit();
})();
JS
node run.cjs
