import amqp from 'amqplib';
import autocannon from 'autocannon';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../engine/site';
import { embeddedServer, fillAt } from '../support/filled-directory';
import { HEADERS } from '../support/headers';
import type { Results } from '../support/results';
import { type BenchServer, startServer } from '../support/servers';
import { type CpuProfile, shares } from './shares';

const HEARTBEATS = 200;
const SECONDS = 8;
const WARM_UP_SECONDS = 3;
const EVENTS = 60_000;
/** So many places are named; the others are put together. */
const NAMED = 12;

const event = (n: number): Record<string, unknown> => ({
  ...{ connector: 'bench', connector_name: `n${n % HEARTBEATS}`, event_type: 'check' },
  ...{ source_type: 'component', component: 'c', state: 0, output: 'ok' },
});

/** Does something for so many seconds, or as long as it takes. @returns how often it was done */
type Work = (server: BenchServer, seconds: number) => Promise<number>;

/**
 * Where the processor's time of the application goes: for an event over HTTP, for a creation, and with `AMQP_URL` for an event
 * from the broker, with a database in a process of its own.
 */
export async function benchProfile(results: Results): Promise<void> {
  let sent = 0;
  const works: [string, Work, Record<string, string>][] = [
    ['an event over HTTP, 32 connections', posting('/api/v2/event', () => event((sent += 1))), {}],
    ['a creation, 32 connections', posting('/api/v2/heartbeat', () => creation((sent += 1))), {}],
  ];
  const { AMQP_URL } = process.env;
  if (AMQP_URL === undefined) results.say('\nAMQP_URL is not set: no event from a broker.');
  else works.push(['an event from the broker', publishing(AMQP_URL), { AMQP_URL }]);
  for (const [name, work, env] of works) await profiled(results, name, work, env);
}

const creation = (n: number): object => ({ pattern: { connector: `made${n}` }, expected_interval: '1h' });

async function profiled(
  results: Results,
  name: string,
  work: Work,
  env: Record<string, string>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-profile-'));
  const file = join(directory, 'cpu.json');
  const database = await embeddedServer();
  const uri = `${database.url}/profile`;
  await fillAt(uri, HEARTBEATS);
  const probe = join(process.cwd(), 'bench/profile/probe.cjs');
  const server = await startServer('dist/main.js', [], {
    ...{ ...env, MONGODB_URI: uri, LOG_FORMAT: 'json' },
    ...{ NODE_OPTIONS: `--require ${JSON.stringify(probe)}`, PROFILE_FILE: file },
  });
  try {
    await server.said(`watching ${HEARTBEATS} heartbeats`);
    await work(server, WARM_UP_SECONDS);
    process.kill(server.pid, 'SIGUSR2');
    const done = await work(server, SECONDS);
    process.kill(server.pid, 'SIGUSR2');
    tell(results, name, await written(file), done);
  } finally {
    await server.stop();
    await database.stop();
    await rm(directory, { recursive: true });
  }
}

async function written(file: string): Promise<CpuProfile> {
  for (;;) {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
    } catch {
      await delay(200);
    }
  }
}

function tell(results: Results, name: string, profile: CpuProfile, done: number): void {
  const all = shares(profile);
  const sum = (part: typeof all): number => part.reduce((total, [, spent]) => total + spent, 0);
  const whole = sum(all);
  const row = (place: string, spent: number): void =>
    results.row(place, `${(spent / done).toFixed(1)} µs`, `${Math.round((100 * spent) / whole)} %`);
  results.head(`where the time of ${name} goes`, 'each', 'share');
  for (const [place, spent] of all.slice(0, NAMED)) row(place, spent);
  row('all others', sum(all.slice(NAMED)));
  row('together', whole);
}

const posting =
  (path: string, body: () => object): Work =>
  async ({ url }, duration) => {
    const result = await autocannon({
      ...{ url: url + path, connections: 32, duration, headers: HEADERS, timeout: 60 },
      requests: [
        {
          method: 'POST',
          path,
          setupRequest: (request) => ({ ...request, body: JSON.stringify(body()) }),
        },
      ],
    });
    if (result.non2xx + result.errors > 0) throw new Error(`some requests failed at ${url}${path}`);
    return result.requests.total;
  };

const publishing =
  (amqpUrl: string): Work =>
  async () => {
    const connection = await amqp.connect(amqpUrl);
    const channel = await connection.createChannel();
    for (let n = 1; n <= EVENTS; n += 1) {
      const content = Buffer.from(JSON.stringify(event(n)));
      channel.publish('canopsis.events', 'bench.bench.check.component.c', content);
      if (n % 5_000 === 0) await delay(5);
    }
    await until(async () => (await channel.checkQueue('Engine_heartbeat')).messageCount === 0);
    await connection.close();
    return EVENTS;
  };
