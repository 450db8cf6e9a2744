#!/usr/bin/env bash
# Good guess: a 401 of AuthGuard('basic') has the header WWW-Authenticate that passport-http makes, as with Express: a browser
#   asks for the password, and RFC 9110 demands it.
# What happens: the guard throws UnauthorizedException and drops the challenge; the answer has no such header.
# Seen with: @nestjs/passport 11.0.5, passport 0.7.0, passport-http 0.3.0, @nestjs/core 11.2.10, Node 20.
source "$(dirname "$(realpath "$0")")/_lib.sh"
npm_packages @nestjs/common@11.2.10 @nestjs/core@11.2.10 @nestjs/platform-express@11.2.10 reflect-metadata@0.2.2 rxjs@7.8.2 @nestjs/passport@11.0.5 passport@0.7.0 passport-http@0.3.0
cat >run.cjs <<'JS'
require('reflect-metadata');
const assert = require('assert');
const express = require('express');
const passport = require('passport');
const { BasicStrategy } = require('passport-http');
const { Controller, Get, Module, UseGuards } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { AuthGuard } = require('@nestjs/passport');
passport.use(new BasicStrategy((user, password, done) => done(null, false)));
class Heartbeats { list() { return []; } }
const list = Object.getOwnPropertyDescriptor(Heartbeats.prototype, 'list');
UseGuards(AuthGuard('basic'))(Heartbeats.prototype, 'list', list);
Get('/')(Heartbeats.prototype, 'list', list);
Controller()(Heartbeats);
class App {}
Module({ controllers: [Heartbeats] })(App);
const answer = async (url) => { const { status, headers } = await fetch(url); return [status, headers.get('www-authenticate')]; };
(async () => {
  const nest = await NestFactory.create(App, { logger: false });
  await nest.listen(0, '127.0.0.1');
  const plain = express().get('/', passport.authenticate('basic', { session: false })).listen(0, '127.0.0.1');
  const seen = { nest: await answer(await nest.getUrl()), express: await answer(`http://127.0.0.1:${plain.address().port}/`) };
  console.log(seen);
  assert.deepStrictEqual(seen, { nest: [401, null], express: [401, 'Basic realm="Users"'] });
  process.exit();
})();
JS
node run.cjs
