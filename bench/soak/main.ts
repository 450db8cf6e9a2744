import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BenchServer, startServer } from '../support/servers';
import { type AlarmFeed, brokerFeed, webhookFeed } from './alarm-feed';
import { ApiClient } from './api-client';
import { Calls } from './calls';
import { Load } from './load';
import { mebibytes, verdictOf } from './report';
import { type Sample, Sampler } from './samples';
import { Sentinels } from './sentinels';
import { Tally } from './tally';

const MINUTES = 60;
/** Few enough to run beside other work. */
const RATE = 200;
const PARALLEL = 32;
const USER = 'soak:in the long run';
const REPORT_EVERY_S = 30;
const REST_MS = 3_000;

const { SOAK_MINUTES, SOAK_REPORT, MONGODB_URI, AMQP_URL } = process.env;

interface Parts {
  readonly server: BenchServer;
  readonly api: ApiClient;
  readonly load: Load;
  readonly sentinels: Sentinels;
  readonly sampler: Sampler;
  readonly tally: Tally;
}

/** `npm run soak [-- MINUTES]`: the application under a bounded load for an hour; 1 where anything grew or went wrong. */
async function main(): Promise<void> {
  const minutes = Number(process.argv[2] ?? SOAK_MINUTES ?? MINUTES);
  if (!(minutes >= 2)) throw new Error('two minutes are the least that says anything');
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-soak-'));
  const tally = new Tally();
  let onAlarm: Sentinels['onAlarm'] = () => undefined;
  const feed = await (AMQP_URL ? brokerFeed(AMQP_URL, take) : webhookFeed(take));
  function take(alarm: Parameters<Sentinels['onAlarm']>[0]): void {
    onAlarm(alarm);
  }
  try {
    const server = await start(feed, join(directory, 'probe'));
    const api = new ApiClient(server.url, USER, PARALLEL + 8);
    const calls = new Calls(api, tally);
    const sentinels = new Sentinels(calls, tally);
    onAlarm = sentinels.onAlarm;
    const load = new Load(calls, { rate: RATE, parallel: PARALLEL });
    const sampler = new Sampler(server.pid, join(directory, 'probe'), () => tally.of('requests'));
    const ended = await soak({ server, api, load, sentinels, sampler, tally }, minutes);
    const setting = `${MONGODB_URI ? 'outside' : 'embedded'} database, alarms by ${AMQP_URL ? 'RabbitMQ' : 'webhook'}`;
    const { samples } = sampler;
    const { page, good } = verdictOf({ minutes, setting, samples, tally, open: sentinels.open, ended });
    const file = SOAK_REPORT ?? join('bench', 'results', 'soak.md');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, page);
    console.log(`\n${page}`);
    process.exitCode = good ? 0 : 1;
  } finally {
    await feed.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Starts the application as it is built, with the probe in it. */
async function start(feed: AlarmFeed, probeFile: string): Promise<BenchServer> {
  const outside = { ...(MONGODB_URI && { MONGODB_URI }) };
  const server = await startServer('dist/main.js', [], {
    ...feed.env,
    ...outside,
    HEARTBEAT_USERS: USER,
    BLIND_GRACE: '5s',
    LOG_LEVEL: 'log',
    NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, 'probe.js'))}`,
    SOAK_PROBE: probeFile,
  });
  // Ends with this process, in good order.
  const end = (signal: NodeJS.Signals): void =>
    void server
      .stop()
      .then(() => rm(dirname(probeFile), { recursive: true, force: true }))
      .finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  process.once('SIGINT', end).once('SIGTERM', end);
  return server;
}

/** @returns whether the process ended well */
async function soak(
  { server, api, load, sentinels, sampler, tally }: Parts,
  minutes: number,
): Promise<boolean> {
  const stopping = new AbortController();
  const seen = new AbortController();
  let reported = 0;
  const report = (sample: Sample): void => {
    if (sample.at - reported < REPORT_EVERY_S) return;
    reported = sample.at;
    console.log(progress(sample, tally));
  };
  await load.start();
  console.log(`soak: the load is on, for ${minutes} minutes`);
  const sampling = sampler.run(seen.signal, report).catch((error: unknown) => {
    tally.fail(`the application is gone: ${String(error)}`);
    stopping.abort();
  });
  const watching = sentinels.run(stopping.signal);
  await pause(minutes * 60_000, undefined, { signal: stopping.signal }).catch(() => undefined);
  stopping.abort();
  await watching;
  // Time for what should not come.
  await pause(REST_MS);
  await load.stop();
  seen.abort();
  await sampling;
  api.close();
  return (await server.stop()) === 0;
}

function progress({ at, resident, heap, descriptors, delay }: Sample, tally: Tally): string {
  return [
    `${(at / 60).toFixed(1)} min`,
    `${tally.of('requests')} requests`,
    `${tally.of('raised')} raised`,
    `${tally.of('resolved')} resolved`,
    `resident ${mebibytes(resident)}`,
    `heap ${mebibytes(heap)}`,
    `${descriptors} descriptors`,
    `loop ${delay.toFixed(1)} ms`,
    `${tally.failureCount} wrong`,
  ].join(', ');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
