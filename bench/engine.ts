import amqp, { type Channel } from 'amqplib';
import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import { benchMatcher } from './matcher';
import { residentMiB } from './support/process-figures';
import type { Results } from './support/results';
import { median } from './support/rounds';
import { BenchServer, startServer } from './support/servers';
import { fillHeartbeats, stored } from './support/stored-heartbeats';

const EXCHANGE = 'canopsis.events';
const ALARMS = 'heartbeat.heartbeat.check.resource.heartbeats.#';
const MANY = 100_000;

interface Bench {
  readonly amqpUrl: string;
  readonly channel: Channel;
  readonly connection: Connection;
  readonly mongodbUri: string;
  readonly results: Results;
}

/** Where the alarms that arrive are written down: by resource, the time of arrival in milliseconds. */
type Alarms = Map<string, number>;

/**
 * Prints the engine's figures: the matcher alone, then a process with `ROLE=engine` between a RabbitMQ (`AMQP_URL`) and
 * a MongoDB (`MONGODB_URI`, or the embedded one in a process of its own).
 */
export async function benchEngine(results: Results): Promise<void> {
  await benchMatcher(results);
  const amqpUrl = process.env.AMQP_URL;
  if (amqpUrl === undefined) {
    results.say('\nAMQP_URL is not set: nothing measured between a broker and a database.');
    return;
  }
  const outside = process.env.MONGODB_URI;
  const server = outside === undefined ? await embedded() : undefined;
  const mongodbUri = `${outside ?? server?.url}/bench-${randomUUID()}`;
  const broker = await amqp.connect(amqpUrl);
  const channel = await broker.createChannel();
  const connection = await mongoose.createConnection(mongodbUri).asPromise();
  results.say(`\nOn ${outside === undefined ? 'the embedded' : 'an outside'} MongoDB:`);
  results.head('what', 'measured', 'to reach');
  try {
    const bench = { amqpUrl, channel, connection, mongodbUri, results };
    await throughput(bench, 10_000);
    await silences(bench);
  } finally {
    await connection.dropDatabase();
    await Promise.all([connection.close(), broker.close(), server?.stop()]);
  }
}

const embedded = (): Promise<BenchServer> =>
  startServer('dist/embedded-mongo/main.js', ['--port', '0', '--data', 'DATA_DIR']);

const startEngine = ({ mongodbUri, amqpUrl }: Bench): Promise<BenchServer> =>
  startServer('dist/main.js', [], {
    ROLE: 'engine',
    MONGODB_URI: mongodbUri,
    AMQP_URL: amqpUrl,
    BLIND_GRACE: '1s',
  });

/** Events from the queue to the stored state, over a consumer that only acknowledges, in turns. */
async function throughput(bench: Bench, heartbeats: number): Promise<void> {
  await fill(bench, heartbeats);
  const marks = [WARM, LAST].map((_id, n) => ({
    ...stored(heartbeats + n, 0),
    ...{ _id, pattern: { connector: 'bench', connector_name: _id } },
  }));
  await bench.connection.collection<{ _id: string }>('heartbeat').insertMany(marks);
  await (await watchingEngine(bench)).stop();
  const rates = { engine: [] as number[], bare: [] as number[] };
  for (let round = 0; round < 7; round += 1) {
    rates.bare.push(await bareRate(bench, heartbeats));
    rates.engine.push(await engineRate(bench, heartbeats));
  }
  const [fast, slow] = [median(rates.bare), median(rates.engine)];
  bench.results.row(
    `events from queue to stored state, ${heartbeats} heartbeats, over a bare consumer`,
    `${Math.round(slow)}/s over ${Math.round(fast)}/s: ${(slow / fast).toFixed(2)}`,
    '≥ 0.5',
  );
}

/** The queue is first in, first out: once one of these events is stored, all before it are. */
const WARM = 'warm';
const LAST = 'last';
/** The events of a round: so many before anything is measured, and so many that are. */
const WARM_UP = 30_000;
const MEASURED = 30_000;

async function publishEvents({ channel }: Bench, heartbeats: number): Promise<void> {
  // What a round before left unacknowledged is back by now, and not wanted.
  await channel.purgeQueue('Engine_heartbeat');
  const publish = (connector_name: string): void => {
    const event = { connector: 'bench', connector_name, event_type: 'check', component: 'c' };
    channel.publish(EXCHANGE, 'bench.bench.check.component.c', Buffer.from(JSON.stringify(event)));
  };
  const count = WARM_UP + MEASURED;
  for (let i = 1; i <= count; i += 1) {
    publish(i === WARM_UP ? WARM : i === count ? LAST : `n${i % heartbeats}`);
    if (i % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(async () => (await channel.checkQueue('Engine_heartbeat')).messageCount >= count);
}

async function bareRate(bench: Bench, heartbeats: number): Promise<number> {
  await publishEvents(bench, heartbeats);
  const connection = await amqp.connect(bench.amqpUrl);
  const channel = await connection.createChannel();
  await channel.prefetch(1_000);
  let first = 0;
  await new Promise<void>((resolve) => {
    let seen = 0;
    void channel.consume('Engine_heartbeat', (message) => {
      if (!message) return;
      channel.ack(message);
      seen += 1;
      if (seen === WARM_UP) first = performance.now();
      if (seen === WARM_UP + MEASURED) resolve();
    });
  });
  const rate = (MEASURED / (performance.now() - first)) * 1000;
  await connection.close();
  return rate;
}

/** From one event that is stored to another. */
async function engineRate(bench: Bench, heartbeats: number): Promise<number> {
  await publishEvents(bench, heartbeats);
  const states = bench.connection.collection<{ _id: string; last_event: number | null }>('heartbeat_state');
  const before = Date.now();
  const stored = (_id: string): Promise<void> =>
    until(async () => ((await states.findOne({ _id }))?.last_event ?? 0) >= before, 5);
  const engine = await startEngine(bench);
  await stored(WARM);
  const first = performance.now();
  await stored(LAST);
  const rate = (MEASURED / (performance.now() - first)) * 1000;
  await engine.stop();
  return rate;
}

/** Start, memory, and how late alarms are, with 100,000 heartbeats. */
async function silences(bench: Bench): Promise<void> {
  await fill(bench, MANY);
  const start = performance.now();
  await (await watchingEngine(bench)).stop();
  const again = performance.now();
  const engine = await watchingEngine(bench);
  const times = [again - start, performance.now() - again].map(seconds);
  const { results } = bench;
  results.row(
    `start with ${MANY} heartbeats until watching: first time ever, again`,
    `${times.join(' s, ')} s`,
    '≤ 10 s',
  );
  results.row(`resident memory with ${MANY} heartbeats`, `${await residentMiB(engine.pid)} MiB`, '≤ 250 MiB');
  const alarms = await listen(bench);
  const ids = await idsOf(bench);
  await settled(bench);
  const spread = await lateness(bench, alarms, ids.slice(0, 1_000), (i) => 3_000 + i * 20);
  results.row(
    'deadline to alarm published, 1,000 of 100,000 at spread times',
    `p50 ${spread.p50} ms, p99 ${spread.p99} ms`,
    'p99 ≤ 1,000 ms',
  );
  const burst = await lateness(bench, alarms, ids.slice(1_000, 11_000), () => 3_000);
  results.row(
    '10,000 falling silent in the same second: last alarm',
    `${seconds(burst.last)} s after the deadline`,
    '≤ 10 s',
  );
  results.row(`resident memory after that`, `${await residentMiB(engine.pid)} MiB`, '');
  await engine.stop();
}

async function lateness(
  { connection }: Bench,
  alarms: Alarms,
  ids: readonly string[],
  after: (i: number) => number,
): Promise<{ p50: number; p99: number; last: number }> {
  const now = Date.now();
  const deadlines = ids.map((id, i) => ({ id, deadline: now + after(i) }));
  const moves = deadlines.map(({ id, deadline }) => ({
    updateOne: { filter: { _id: id as never }, update: { $set: { deadline } } },
  }));
  await connection.collection('heartbeat_state').bulkWrite(moves, { ordered: false });
  const resource = (id: string): string => `connector:bench.connector_name:${id.replace('h', 'n')}`;
  await until(() => Promise.resolve(ids.every((id) => alarms.has(resource(id)))));
  const late = deadlines
    .map(({ id, deadline }) => (alarms.get(resource(id)) ?? NaN) - deadline)
    .sort((a, b) => a - b);
  const at = (part: number): number => Math.round(late[Math.floor(late.length * part)] ?? NaN);
  return { p50: at(0.5), p99: at(0.99), last: late.at(-1) ?? NaN };
}

/** Puts so many heartbeats of an hour into an empty database, as the API would have stored them. */
async function fill({ connection, channel }: Bench, count: number): Promise<void> {
  await connection.dropDatabase();
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true });
  await channel.assertQueue('Engine_heartbeat', { durable: true });
  await channel.bindQueue('Engine_heartbeat', EXCHANGE, '#');
  await channel.purgeQueue('Engine_heartbeat');
  await fillHeartbeats(connection, count);
}

/** An engine that has learned all heartbeats. */
async function watchingEngine(bench: Bench): Promise<BenchServer> {
  const engine = await startEngine(bench);
  await engine.said('watching [0-9]+ heartbeats');
  return engine;
}

const settled = ({ connection }: Bench): Promise<void> =>
  until(async () => {
    const hearing = await connection.collection('heartbeat_engine').findOne({});
    return hearing !== null && hearing.settled_for === hearing.again_at;
  });

const idsOf = async ({ connection }: Bench): Promise<string[]> =>
  (await connection.collection('heartbeat_state').distinct('_id')) as unknown as string[];

async function listen({ channel }: Bench): Promise<Alarms> {
  const alarms: Alarms = new Map();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, EXCHANGE, ALARMS);
  const take = (content: Buffer): void => {
    const { resource, state } = JSON.parse(content.toString()) as { resource: string; state: number };
    if (state === 3) alarms.set(resource, Date.now());
  };
  await channel.consume(queue, (message) => message && take(message.content), { noAck: true });
  return alarms;
}

async function until(condition: () => Promise<boolean>, everyMs = 50): Promise<void> {
  const end = performance.now() + 180_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('what the bench waits for does not come');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
