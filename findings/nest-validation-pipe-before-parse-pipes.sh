#!/usr/bin/env bash
# Good guess: ParseBoolPipe at a parameter refuses ?v=on with 400, ParseIntPipe refuses 1e3, 0x10 and nothing at all, whatever
#   global pipes there are.
# What happens: once the usual global ValidationPipe({ transform: true }) is there, it goes first and casts by the declared type:
#   on and 1 become false, the empty text 0, 1e3 1000, and the pipe at the parameter finds nothing to refuse.
# Seen with: @nestjs/common 11.2.10, class-validator 0.15.1, class-transformer 0.5.1, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/platform-express@11.2.10 reflect-metadata@0.2.2 rxjs@7.8.2 class-validator@0.15.1 class-transformer@0.5.1
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('assert');
const { Controller, Get, Module, ParseBoolPipe, ParseIntPipe, Query, ValidationPipe } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
class Values { flag(v) { return { v }; } count(v) { return { v }; } }
for (const [name, type, pipe] of [['flag', Boolean, ParseBoolPipe], ['count', Number, ParseIntPipe]]) {
  // What TypeScript writes for (@Query('v', pipe) v: boolean | number).
  Reflect.defineMetadata('design:paramtypes', [type], Values.prototype, name);
  Query('v', pipe)(Values.prototype, name, 0);
  Get(name)(Values.prototype, name, Object.getOwnPropertyDescriptor(Values.prototype, name));
}
Controller()(Values);
class App {}
Module({ controllers: [Values] })(App);
const ask = async (pipes) => {
  const nest = await NestFactory.create(App, { logger: false });
  nest.useGlobalPipes(...pipes);
  await nest.listen(0, '127.0.0.1');
  const seen = {};
  for (const path of ['flag?v=on', 'flag?v=1', 'count?v=', 'count?v=1e3', 'count?v=0x10']) {
    const answer = await fetch(`${await nest.getUrl()}/${path}`);
    seen[path] = answer.ok ? (await answer.json()).v : answer.status;
  }
  await nest.close();
  return seen;
};
(async () => {
  const alone = await ask([]);
  const together = await ask([new ValidationPipe({ transform: true })]);
  console.log({ alone, together });
  assert.deepStrictEqual(Object.values(alone), [400, 400, 400, 400, 400]);
  assert.deepStrictEqual(Object.values(together), [false, false, 0, 1000, 16]);
  process.exit();
})();
JS
node run.cjs
