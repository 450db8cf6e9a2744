import { NestFactory } from '@nestjs/core';
import { applyCanopsisFormat } from 'canopsis-heartbeat';
import { OperationsModule } from './operations.module';

async function main(): Promise<void> {
  const { MONGODB_URI = 'mongodb://127.0.0.1:27017/operations', PORT = '3000' } = process.env;
  const app = await NestFactory.create(OperationsModule.on(MONGODB_URI));
  applyCanopsisFormat(app);
  app.enableShutdownHooks();
  await app.listen(PORT);
}

void main();
