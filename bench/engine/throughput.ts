import amqp from 'amqplib';
import type { Results } from '../support/results';
import { median } from '../support/rounds';
import { stored } from '../support/stored-heartbeats';
import { EXCHANGE, type EngineSite, fill, startEngine, until, watchingEngine } from './site';

/** Events from the queue to the stored state, over a consumer that only acknowledges, in turns. */
export async function benchThroughput(
  results: Results,
  bench: EngineSite,
  heartbeats: number,
): Promise<void> {
  await fillWithMarks(bench, heartbeats);
  const rates = { engine: [] as number[], bare: [] as number[] };
  for (let round = 0; round < 7; round += 1) {
    rates.bare.push(await bareRate(bench, heartbeats));
    rates.engine.push(await engineRate(bench, heartbeats));
  }
  const [fast, slow] = [median(rates.bare), median(rates.engine)];
  results.row(
    `events from queue to stored state, ${heartbeats} heartbeats, over a bare consumer`,
    `${Math.round(slow)}/s over ${Math.round(fast)}/s: ${(slow / fast).toFixed(2)}`,
    '≥ 0.7',
  );
}

/** Puts so many heartbeats with their states into an empty database, and those whose events mark where measuring begins and ends. */
export async function fillWithMarks(bench: EngineSite, heartbeats: number): Promise<void> {
  await fill(bench, heartbeats);
  const marks = [WARM, LAST].map((_id, n) => ({
    ...stored(heartbeats + n, 0),
    ...{ _id, pattern: { connector: 'bench', connector_name: _id } },
  }));
  await bench.connection.collection<{ _id: string }>('heartbeat').insertMany(marks);
  await (await watchingEngine(bench)).stop();
}

/** The queue is first in, first out: once one of these events is stored, all before it are. */
export const WARM = 'warm';
export const LAST = 'last';
/** The events of a round: so many before anything is measured, and so many that are. */
const WARM_UP = 30_000;
const MEASURED = 30_000;

/** Fills the queue with events of all heartbeats in turn. */
export async function publishEvents(
  { channel }: EngineSite,
  heartbeats: number,
  warmUp = WARM_UP,
  measured = MEASURED,
): Promise<void> {
  // What a round before left unacknowledged is back by now, and not wanted.
  await channel.purgeQueue('Engine_heartbeat');
  const publish = (connector_name: string): void => {
    const event = { connector: 'bench', connector_name, event_type: 'check', component: 'c' };
    channel.publish(EXCHANGE, 'bench.bench.check.component.c', Buffer.from(JSON.stringify(event)));
  };
  const count = warmUp + measured;
  for (let i = 1; i <= count; i += 1) {
    publish(i === warmUp ? WARM : i === count ? LAST : `n${i % heartbeats}`);
    if (i % 5_000 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until(async () => (await channel.checkQueue('Engine_heartbeat')).messageCount >= count);
}

async function bareRate(bench: EngineSite, heartbeats: number): Promise<number> {
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
async function engineRate(bench: EngineSite, heartbeats: number): Promise<number> {
  await publishEvents(bench, heartbeats);
  const before = Date.now();
  const engine = await startEngine(bench);
  await eventStored(bench, WARM, before);
  const first = performance.now();
  await eventStored(bench, LAST, before);
  const rate = (MEASURED / (performance.now() - first)) * 1000;
  await engine.stop();
  return rate;
}

/** Resolves when an event of this heartbeat is stored that came after `since`, in milliseconds since the epoch. */
export function eventStored({ connection }: EngineSite, _id: string, since: number): Promise<void> {
  const states = connection.collection<{ _id: string; last_event: number | null }>('heartbeat_state');
  return until(async () => ((await states.findOne({ _id }))?.last_event ?? 0) >= since, 5);
}
