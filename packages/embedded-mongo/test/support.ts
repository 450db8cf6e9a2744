import { startEmbeddedMongo, type EmbeddedMongo } from '../src';
import { mongo } from 'mongoose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A fresh directory, which `remove` takes away again. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'embedded-mongo-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** A running embedded MongoDB with a connected client; `stop` ends both and removes the data. */
export interface Running {
  server: EmbeddedMongo;
  client: mongo.MongoClient;
  db: mongo.Db;
  dataDir: string;
  stop(): Promise<void>;
}

export async function start(port?: number): Promise<Running> {
  const directory = await temporaryDirectory();
  const server = await startEmbeddedMongo({ dataDir: directory.path, port });
  const client = await new mongo.MongoClient(server.uri).connect();
  const stop = async (): Promise<void> => {
    await client.close();
    await server.close();
    await directory.remove();
  };
  return { server, client, db: client.db('test'), dataDir: directory.path, stop };
}

/** The code of the error that a promise is rejected with, or `undefined` when it is not. */
export async function errorCode(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: { code?: unknown; message?: string }) => error.code ?? error.message,
  );
}

/** The embedded MongoDB in a process of its own, as the command `embedded-mongo` runs it. */
export interface Child {
  uri: string;
  pid: number;
  /** Ends the process at once, and waits until it has ended. */
  kill(): Promise<void>;
  /** Ends it with SIGTERM. @returns its exit code */
  terminate(): Promise<number | null>;
}

/** @throws Error with what the process wrote to standard error when it ends without serving */
export async function startChild(dataDir: string, ...more: string[]): Promise<Child> {
  const main = join(__dirname, '../dist/main.js');
  const child = spawn(process.execPath, [main, '--data', dataDir, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done) {
    await ended;
    throw new Error(errors);
  }
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return {
    uri: first.value,
    // It has written a line, so there is a process.
    pid: child.pid as number,
    kill: async () => void (await end('SIGKILL')),
    terminate: () => end('SIGTERM'),
  };
}

/**
 * Lets the tests of a suite share one server, and gives each a collection of its own.
 * @param use is told of both before each test
 */
export function eachInItsCollection<T extends mongo.Document>(
  use: (collection: mongo.Collection<T>, running: Running) => void,
): void {
  let running: Running;
  let counter = 0;
  beforeAll(async () => (running = await start()));
  afterAll(() => running.stop());
  beforeEach(() => use(running.db.collection<T>(`c${counter++}`), running));
}
