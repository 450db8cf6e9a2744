#!/usr/bin/env bash
# Good guess: ParseDatePipe is given to @Query as the other pipes of Nest are, by its class: @Query('from', ParseDatePipe).
# What happens: the application does not start: "can't resolve dependencies of the ParseDatePipe (?)". Its options have a default
#   value but no @Optional, unlike those of ParseIntPipe and ParseBoolPipe; new ParseDatePipe() works.
# Seen with: @nestjs/common 11.2.10, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/platform-express@11.2.10 reflect-metadata@0.2.2 rxjs@7.8.2
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('assert');
const { Controller, Get, Module, ParseBoolPipe, ParseDatePipe, ParseIntPipe, Query } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const start = async (pipe) => {
  class Values { get(v) { return { v }; } }
  Reflect.defineMetadata('design:paramtypes', [Object], Values.prototype, 'get');
  Query('v', pipe)(Values.prototype, 'get', 0);
  Get()(Values.prototype, 'get', Object.getOwnPropertyDescriptor(Values.prototype, 'get'));
  Controller()(Values);
  class App {}
  Module({ controllers: [Values] })(App);
  const nest = await NestFactory.create(App, { logger: false, abortOnError: false });
  await nest.init();
  await nest.close();
  return 'starts';
};
(async () => {
  const seen = {};
  for (const [name, pipe] of Object.entries({ ParseIntPipe, ParseBoolPipe, ParseDatePipe, 'new ParseDatePipe()': new ParseDatePipe() }))
    seen[name] = await start(pipe).catch((error) => error.message.split('.')[0]);
  console.log(seen);
  assert.deepStrictEqual([seen.ParseIntPipe, seen.ParseBoolPipe, seen['new ParseDatePipe()']], ['starts', 'starts', 'starts']);
  assert.match(seen.ParseDatePipe, /can't resolve dependencies of the ParseDatePipe/);
})();
JS
node run.cjs
