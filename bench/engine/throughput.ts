import amqp from 'amqplib';
import type { Results } from '../support/results';
import { median } from '../support/rounds';
import { stored } from '../support/stored-heartbeats';
import { EXCHANGE, type EngineSite, fill, startEngine, until, watchingEngine } from './site';

/** What the engine may have in hand at once: its default, and what docs/scaling.md advises for many events. */
const PREFETCHES = ['1000', '10000'] as const;

/** Events from the queue to the stored state, over a consumer that only acknowledges, in turns. */
export async function benchThroughput(
  results: Results,
  bench: EngineSite,
  heartbeats: number,
): Promise<void> {
  await fillWithMarks(bench, heartbeats);
  const bare: number[] = [];
  const engines = PREFETCHES.map((prefetch) => ({ prefetch, rates: [] as number[] }));
  for (let round = 0; round < 7; round += 1) {
    bare.push(await bareRate(bench, heartbeats));
    for (const { prefetch, rates } of engines) rates.push(await engineRate(bench, heartbeats, prefetch));
  }
  const fast = median(bare);
  for (const { prefetch, rates } of engines) {
    const slow = median(rates);
    results.row(
      `events from queue to stored state, ${heartbeats} heartbeats, AMQP_PREFETCH=${prefetch}, over a bare consumer`,
      `${Math.round(slow)}/s over ${Math.round(fast)}/s: ${(slow / fast).toFixed(2)}`,
      '≥ 0.7',
    );
  }
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
const MEASURED = 60_000;

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
async function engineRate(bench: EngineSite, heartbeats: number, prefetch: string): Promise<number> {
  await publishEvents(bench, heartbeats);
  const before = Date.now();
  const engine = await startEngine(bench, undefined, { AMQP_PREFETCH: prefetch });
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
