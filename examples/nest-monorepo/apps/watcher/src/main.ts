import { NestFactory } from '@nestjs/core';
import { WatcherModule } from './watcher.module';

async function main(): Promise<void> {
  const { MONGODB_URI = 'mongodb://127.0.0.1:27017/operations' } = process.env;
  const app = await NestFactory.createApplicationContext(WatcherModule.on(MONGODB_URI));
  app.enableShutdownHooks();
}

void main();
