import { parseArgs } from 'node:util';
import { EmbeddedMongoError, startEmbeddedMongo } from '.';

const USAGE = `Usage: npm run embedded-mongo -- [--data DIR] [--port N]

Runs the embedded MongoDB alone, until SIGTERM or SIGINT.
  --data DIR   where the data is kept (default ./data/mongo)
  --port N     listen on 127.0.0.1:N (0: any free port) instead of a Unix socket
  --help       this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: './data/mongo' },
      port: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65535))
    throw new EmbeddedMongoError(`--port must be a number from 0 to 65535, not '${values.port}'`);
  const server = await startEmbeddedMongo({ dataDir: values.data, port });
  console.log(server.uri);
  const stop = (): void => void server.close();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: Error) => {
  console.error(error instanceof EmbeddedMongoError || 'code' in error ? error.message : error);
  process.exitCode = 1;
});
