import { setTimeout as delay } from 'node:timers/promises';
import { at } from '../../test/support/at';
import { EXCHANGE, QUEUE } from './senders';
import { INTERVAL_MS, type Site } from './site';

/** Something that goes wrong, and is right again when it resolves, unless the engines have to mend it. */
export interface Fault {
  readonly name: string;
  readonly engines: number;
  /** By how much each engine's clock is ahead, in milliseconds. Default: by nothing. */
  readonly clocks?: readonly number[];
  readonly harm: (site: Site) => Promise<void>;
}

/** How long a fault lasts that somebody else ends, in milliseconds: longer than an interval, and than a broker waits for a client. */
const LASTS_MS = 10_000;

async function frozen(freeze: (signal: NodeJS.Signals) => unknown): Promise<void> {
  await freeze('SIGSTOP');
  try {
    await delay(LASTS_MS);
  } finally {
    await freeze('SIGCONT');
  }
}

/** Most deadlines of the dead pass while nobody sends; the others are silent for less than an interval. */
async function quiet({ senders }: Site): Promise<void> {
  await delay(INTERVAL_MS - 1_000);
  await senders.pause(INTERVAL_MS - 2_500);
}

const KILLED_EVERY_MS = 7_000;

/** In the order of the table. */
export const FAULTS: readonly Fault[] = [
  { name: 'none', engines: 1, harm: () => Promise.resolve() },
  { name: 'none, three engines', engines: 3, harm: () => Promise.resolve() },
  { name: 'none, quiet bus', engines: 1, harm: quiet },
  { name: 'none, quiet bus, three engines', engines: 3, harm: quiet },
  {
    name: 'binding removed',
    engines: 1,
    harm: async ({ senders }) => void (await (await senders.channel()).unbindQueue(QUEUE, EXCHANGE, '#')),
  },
  {
    name: 'exchange deleted and made anew',
    engines: 1,
    harm: async ({ senders }: Site): Promise<void> => {
      const channel = await senders.channel();
      await channel.deleteExchange(EXCHANGE);
      await senders.bindAlarms(channel);
    },
  },
  {
    name: 'queue deleted',
    engines: 1,
    harm: async ({ senders }) => void (await (await senders.channel()).deleteQueue(QUEUE)),
  },
  {
    name: 'memory alarm',
    engines: 1,
    harm: async ({ broker }: Site): Promise<void> => {
      await broker.control('set_vm_memory_high_watermark', '0.000001');
      await delay(LASTS_MS);
      await broker.control('set_vm_memory_high_watermark', '0.6');
    },
  },
  {
    name: 'disk alarm',
    engines: 1,
    harm: async ({ broker }: Site): Promise<void> => {
      // More than any disk has.
      await broker.control('set_disk_free_limit', '1000000GB');
      await delay(LASTS_MS);
      await broker.control('set_disk_free_limit', '50MB');
    },
  },
  {
    name: 'permission to publish taken away',
    engines: 1,
    harm: async (site: Site): Promise<void> => {
      await site.permit('.*', 'nothing', '.*');
      await delay(LASTS_MS);
      await site.permit('.*', '.*', '.*');
    },
  },
  {
    name: 'foreign consumer',
    engines: 1,
    harm: async ({ senders }: Site): Promise<void> => {
      const channel = await senders.channel();
      const { consumerTag } = await channel.consume(QUEUE, () => undefined, { noAck: true });
      await delay(LASTS_MS);
      await channel.cancel(consumerTag);
    },
  },
  {
    name: 'broker restarted',
    engines: 1,
    harm: async ({ broker }: Site): Promise<void> => {
      await broker.stop();
      await broker.start();
    },
  },
  { name: 'broker frozen', engines: 1, harm: ({ broker }) => frozen((signal) => broker.signal(signal)) },
  {
    name: 'database frozen',
    engines: 1,
    harm: ({ database }) => frozen((signal) => process.kill(database.pid, signal)),
  },
  {
    name: 'engine killed every 7 s, three times',
    engines: 1,
    harm: async (site: Site): Promise<void> => {
      for (let times = 0; times < 3; times += 1) {
        const engine = site.engines.pop();
        if (engine) process.kill(engine.pid, 'SIGKILL');
        await engine?.stop();
        await site.startEngine();
        await delay(KILLED_EVERY_MS);
      }
    },
  },
  {
    name: 'one engine of three frozen and woken',
    engines: 3,
    harm: ({ engines }) => frozen((signal) => process.kill(at(engines, 0).pid, signal)),
  },
  {
    name: 'one engine of three cut off and mended',
    engines: 3,
    harm: async ({ engines }: Site): Promise<void> => {
      const { cables } = at(engines, 0);
      for (const cable of cables) cable.cut();
      await delay(LASTS_MS);
      for (const cable of cables) cable.mend();
    },
  },
  {
    name: 'one engine of three without power, then another',
    engines: 3,
    harm: async (site: Site): Promise<void> => {
      const engine = at(site.engines.splice(0, 1), 0);
      for (const cable of engine.cables) cable.cut();
      process.kill(engine.pid, 'SIGKILL');
      await engine.stop();
      await delay(LASTS_MS);
      await site.startEngine();
      for (const cable of engine.cables) cable.remove();
    },
  },
  { name: 'clocks 8 s apart', engines: 3, clocks: [0, 8_000, -8_000], harm: () => Promise.resolve() },
];
