#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { EmbeddedMongoError, backUpEmbeddedMongo, startEmbeddedMongo } from '.';

const USAGE = `Usage: embedded-mongo [--data DIR] [--port N | --backup TO]     (in a clone: npm run embedded-mongo -- …)

Runs the embedded MongoDB alone, until SIGTERM or SIGINT.
  --data DIR   where the data is kept (default ./data/mongo)
  --port N     listen on 127.0.0.1:N (0: any free port) instead of a Unix socket
  --backup TO  copy the data into the empty directory TO, also while a server runs on it, and end
  --help       this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: './data/mongo' },
      port: { type: 'string' },
      backup: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.backup !== undefined) return backUpEmbeddedMongo(values.data, values.backup);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new EmbeddedMongoError(`--port must be a number from 0 to 65535, not '${values.port}'`);
  const server = await startEmbeddedMongo({ dataDir: values.data, port });
  const stop = (): void => void server.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // Who reads this may end it at once.
  console.log(server.uri);
}

main().catch((error: Error) => {
  console.error(error instanceof EmbeddedMongoError || 'code' in error ? error.message : error);
  process.exitCode = 1;
});
