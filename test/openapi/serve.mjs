/**
 * node test/openapi/serve.mjs fastify|express
 * Runs the built application on the embedded database until its standard input ends; its settings are the environment's. Prints
 * its address.
 */
import { ConsoleLogger } from '@nestjs/common';
import { readSettings } from '../../dist/settings/settings.js';
import { startStandalone } from '../../dist/app/standalone.js';

const framework = process.argv[2];
const logger = new ConsoleLogger({ logLevels: ['fatal', 'error'] });
const app = await startStandalone(readSettings(process.env), logger, { framework });
console.log(app.url);
process.stdin.resume().once('end', () => void app.close());
