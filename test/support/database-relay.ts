import { mongo } from 'mongoose';
import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';

/** A command of MongoDB; its first field names it, and what it is for. */
export type Command = Record<string, unknown>;

/** Stands between an application and a database on this machine, and tells what is asked. */
export interface DatabaseRelay {
  readonly uri: string;
  /** What was asked so far. */
  readonly commands: readonly Command[];
  /** Keeps all commands of this name from the database, until what it returns is called. */
  hold(name: string): () => void;
  /** Ends all connections and takes no others, until what it returns is called. */
  leave(): () => void;
  close(): Promise<void>;
}

const HEADER_BYTES = 16;
const OP_MSG = 2013;
/** Where the command begins: behind the flags and the kind of the first section. */
const COMMAND_AT = HEADER_BYTES + 5;

/** @param port where the database listens */
export async function startDatabaseRelay(port: number): Promise<DatabaseRelay> {
  const sockets = new Set<Socket>();
  const commands: Command[] = [];
  const gates = new Map<string, Promise<void>>();
  let away = false;
  const server = createServer((client) => {
    if (away) return client.destroy();
    const database = connect(port, '127.0.0.1');
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, database].forEach(end));
    }
    database.pipe(client);
    let received: Buffer = Buffer.alloc(0);
    let passed = Promise.resolve();
    client.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= HEADER_BYTES && received.length >= received.readInt32LE(0)) {
        const message = received.subarray(0, received.readInt32LE(0));
        received = received.subarray(message.length);
        const command = commandIn(message);
        if (command) commands.push(command);
        passed = passed
          .then(() => gates.get(Object.keys(command ?? {})[0] ?? ''))
          .then(() => void database.write(message));
      }
    });
  });
  const end = (socket: Socket): void => {
    sockets.delete(socket);
    socket.destroy();
  };
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    uri: `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?directConnection=true`,
    commands,
    hold(name) {
      let release = (): void => undefined;
      gates.set(name, new Promise((resolve) => (release = resolve)));
      return () => {
        gates.delete(name);
        release();
      };
    },
    leave() {
      away = true;
      [...sockets].forEach(end);
      return () => void (away = false);
    },
    async close() {
      [...sockets].forEach(end);
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function commandIn(message: Buffer): Command | undefined {
  if (message.readInt32LE(12) !== OP_MSG) return undefined;
  const size = message.readInt32LE(COMMAND_AT);
  return mongo.BSON.deserialize(message.subarray(COMMAND_AT, COMMAND_AT + size));
}
