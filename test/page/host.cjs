// A Nest application of somebody else, with a prefix of its own and the page below a path. For places.spec.ts.
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { MongooseModule } = require('@nestjs/mongoose');
const {
  HeartbeatEngineModule,
  HeartbeatModule,
  HeartbeatPageModule,
  PlainUsers,
  applyCanopsisFormat,
} = require('../..');

const heartbeats = HeartbeatModule.forRoot({
  prefix: 'monitoring/api',
  users: new PlainUsers(new Map([['root', 'root']])),
});
const engine = HeartbeatEngineModule.forRoot({ heartbeats });

class Host {}
Module({
  imports: [
    MongooseModule.forRoot(process.env.MONGODB_URI),
    heartbeats,
    engine,
    HeartbeatPageModule.forRoot({ heartbeats, engine, path: '/pages/heartbeats' }),
  ],
})(Host);

NestFactory.create(Host, { logger: ['error'] }).then(async (app) => {
  app.setGlobalPrefix('ops');
  app.enableShutdownHooks();
  applyCanopsisFormat(app);
  await app.listen(0, '127.0.0.1');
  console.log(`answers at ${await app.getUrl()}`);
});
