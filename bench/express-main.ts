/** The standalone application on Express, to be measured beside Fastify, which it takes by itself. */
import 'reflect-metadata';
import { createLogger } from '../src/logging/create-logger';
import { readSettings } from '../src/settings/settings';
import { startStandalone } from '../src/app/standalone';

async function main(): Promise<void> {
  const settings = readSettings();
  const { logger } = createLogger({ format: settings.logFormat, level: settings.logLevel });
  const application = await startStandalone(settings, logger, { framework: 'express' });
  process.on('SIGTERM', () => void application.close().then(() => process.exit(0)));
  console.log(application.url);
}

void main();
