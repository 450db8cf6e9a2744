import amqp, { type Channel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { embeddedServer } from '../support/filled-directory';
import { type BenchServer, startServer } from '../support/servers';
import { fillHeartbeats } from '../support/stored-heartbeats';

export const EXCHANGE = 'canopsis.events';
const ALARMS = 'heartbeat.heartbeat.check.resource.heartbeats.#';

/** A broker, and a database that is empty at first. */
export interface EngineSite {
  readonly amqpUrl: string;
  readonly channel: Channel;
  readonly connection: Connection;
  readonly mongodbUri: string;
  /** Undefined where the database is an outside one. */
  readonly databasePid: number | undefined;
  stop(): Promise<void>;
}

/** Where the alarms that arrive are written down: by resource, the time of arrival in milliseconds. */
export type Alarms = Map<string, number>;

/** Takes the MongoDB of `MONGODB_URI`, or the embedded one in a process of its own. */
export async function engineSite(amqpUrl: string): Promise<EngineSite> {
  const outside = process.env.MONGODB_URI;
  const server = outside === undefined ? await embeddedServer() : undefined;
  const mongodbUri = `${outside ?? server?.url}/bench-${randomUUID()}`;
  const broker = await amqp.connect(amqpUrl);
  const channel = await broker.createChannel();
  const connection = await mongoose.createConnection(mongodbUri).asPromise();
  return {
    ...{ amqpUrl, channel, connection, mongodbUri },
    databasePid: server?.pid,
    stop: async () => {
      await connection.dropDatabase();
      await Promise.all([connection.close(), broker.close(), server?.stop()]);
    },
  };
}

/**
 * @param script the build's `dist/main.js`, a path from here or an absolute one
 * @param env further settings
 */
export const startEngine = (
  { mongodbUri, amqpUrl }: EngineSite,
  script = 'dist/main.js',
  env: Readonly<Record<string, string>> = {},
): Promise<BenchServer> =>
  startServer(script, [], {
    ...{ ROLE: 'engine', MONGODB_URI: mongodbUri, AMQP_URL: amqpUrl, BLIND_GRACE: '1s' },
    ...env,
  });

/** Puts so many heartbeats of an hour into an empty database, as the API would have stored them. */
export async function fill({ connection, channel }: EngineSite, count: number): Promise<void> {
  await connection.dropDatabase();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  await channel.assertQueue('Engine_heartbeat', { durable: true });
  await channel.bindQueue('Engine_heartbeat', EXCHANGE, '#');
  await channel.purgeQueue('Engine_heartbeat');
  await fillHeartbeats(connection, count);
}

/** An engine that has learned all heartbeats. */
export async function watchingEngine(bench: EngineSite, script?: string): Promise<BenchServer> {
  const engine = await startEngine(bench, script);
  await engine.said('watching [0-9]+ heartbeats');
  return engine;
}

/** The engine hears: it has told how far it has got, or, in the builds that have one document for all, that it is no longer blind. */
export const settled = ({ connection }: EngineSite): Promise<void> =>
  until(async () => {
    const engines = await connection.collection('heartbeat_engine').find().toArray();
    return engines.some(
      ({ received_until, consuming_since, settled_for, again_at }) =>
        (received_until > 0 && consuming_since != null) ||
        (settled_for !== undefined && settled_for === again_at),
    );
  });

export const idsOf = async ({ connection }: EngineSite): Promise<string[]> =>
  (await connection.collection('heartbeat_state').distinct('_id')) as unknown as string[];

/** @returns the alarms that come from now on, and what ends it */
export async function listen({ channel }: EngineSite): Promise<readonly [Alarms, () => Promise<void>]> {
  const alarms: Alarms = new Map();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, EXCHANGE, ALARMS);
  const take = (content: Buffer): void => {
    const { resource, state } = JSON.parse(content.toString()) as { resource: string; state: number };
    if (state === 3) alarms.set(resource, Date.now());
  };
  const consumer = await channel.consume(queue, (message) => message && take(message.content), {
    noAck: true,
  });
  return [alarms, async () => void (await channel.cancel(consumer.consumerTag))];
}

export async function until(condition: () => Promise<boolean>, everyMs = 50): Promise<void> {
  const end = performance.now() + 180_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('what the bench waits for does not come');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/** Has these heartbeats fall silent when it says, whatever events they had; milliseconds since the epoch. */
export async function moveDeadlines(
  connection: mongoose.Connection,
  deadlines: readonly { readonly id: string; readonly deadline: number }[],
): Promise<void> {
  const moves = deadlines.map(({ id, deadline }) => ({
    updateOne: { filter: { _id: id as never }, update: { $set: { deadline } } },
  }));
  await connection.collection('heartbeat_state').bulkWrite(moves, { ordered: false });
}
