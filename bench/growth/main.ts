import autocannon from 'autocannon';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import { moveDeadlines, until } from '../engine/site';
import { embeddedServer, fillAt } from '../support/filled-directory';
import { HEADERS } from '../support/headers';
import { cpuSeconds, residentMiB } from '../support/process-figures';
import type { Results } from '../support/results';
import { quantile } from '../support/rounds';
import { type BenchServer, startServer } from '../support/servers';
import { alarmReceiver } from './alarm-receiver';
import { growthPicture } from './picture';

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const PICTURE = 'docs/pictures/growth.svg';
/** How long the node is left alone to see what it costs, in seconds. */
const IDLE_S = 20;
const HIT = 200;
/** So many fall silent each time, a hundred a second; with those that are hit there are no more than at the smallest size. */
const SILENT = 400;
const SPREAD_MS = 10;

const FIGURES = [
  ['first start ever, until watching', 's'],
  ['a later start', 's'],
  ['resident memory', 'MiB'],
  ['processor while nothing happens', '% of a core'],
  ['an event over HTTP', 'µs of processor'],
  ['GET by id', 'µs of processor'],
  ['a creation', 'µs of processor'],
  ['deadline to alarm, p99', 'ms'],
  ['until the first page by name', 's'],
  ['a page by name', 'µs of processor'],
  ['deadline to alarm once there was a page, p99', 'ms'],
] as const;

/**
 * What each thing costs a node with a database in a process of its own (the MongoDB of `MONGODB_URI`, or the embedded one), with 1,000 to
 * 1,000,000 heartbeats, and a picture of how that grows.
 * @param most the largest number
 */
export async function benchGrowth(results: Results, most = 1_000_000): Promise<void> {
  const sizes = SIZES.filter((size) => size <= most);
  const measured: number[][] = [];
  for (const size of sizes) {
    measured.push(await measure(size));
    console.log(size, measured.at(-1));
  }
  results.head('what', ...sizes.map((size) => size.toLocaleString('en-US')), 'the last step');
  FIGURES.forEach(([name, unit], n) => {
    const values = measured.map((figures) => figures[n] ?? NaN);
    const step = (values.at(-1) ?? NaN) / (values.at(-2) ?? NaN);
    results.row(`${name}, ${unit}`, ...values.map(shown), `× ${step.toFixed(1)}`);
  });
  const curves = FIGURES.map(([name], n) => ({
    name,
    values: measured.map((figures) => figures[n] ?? NaN),
  }));
  await mkdir('docs/pictures', { recursive: true });
  await writeFile(PICTURE, growthPicture(sizes, curves));
  results.say(`\n![How each cost grows](../../${PICTURE})`);
}

const shown = (value: number): string =>
  !Number.isFinite(value) ? 'none answered' : value < 10 ? value.toFixed(1) : `${Math.round(value)}`;

/** @returns the figures in their order */
async function measure(size: number): Promise<number[]> {
  const outside = process.env.MONGODB_URI;
  const database = outside === undefined ? await embeddedServer() : undefined;
  const uri = `${outside ?? database?.url}/growth-${process.pid}-${size}`;
  const receiver = await alarmReceiver();
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    await fillAt(uri, size, (i) => ({ name: `Heartbeat ${(i * 7_919) % 10_000_019}` }));
    const start = async (): Promise<[BenchServer, number]> => {
      const began = performance.now();
      const server = await startServer('dist/main.js', [], {
        ...{ MONGODB_URI: uri, ALARM_WEBHOOK_URL: receiver.url, BLIND_GRACE: '1s' },
      });
      await server.said(`watching ${size} heartbeats`);
      return [server, (performance.now() - began) / 1_000];
    };
    const [ever, first] = await start();
    await ever.stop();
    const [server, later] = await start();
    const memory = await residentMiB(server.pid);
    await delay(2_000);
    const before = await cpuSeconds(server.pid);
    await delay(IDLE_S * 1_000);
    const idle = ((await cpuSeconds(server.pid)) - before) / IDLE_S;
    const costs: number[] = [];
    for (const work of WORK) costs.push(await cost(server, work));
    const late = await lateness(connection, receiver.raisedAt, 0);
    const page: Work = { path: `/api/v2/heartbeat?sort_by=name&page=${size / 20}` };
    const awaited = await untilAnswered(server, page);
    const pages = await cost(server, page);
    const lateWithPages = await lateness(connection, receiver.raisedAt, SILENT);
    await server.stop();
    return [first, later, memory, idle * 100, ...costs, late, awaited, pages, lateWithPages];
  } finally {
    receiver.close();
    await connection.dropDatabase();
    await connection.close();
    await database?.stop();
  }
}

let sent = 0;
const next = (): number => (sent += 1);
const event = (): string =>
  JSON.stringify({
    ...{ connector: 'bench', connector_name: `n${next() % HIT}`, event_type: 'check' },
    ...{ source_type: 'component', component: 'c', state: 0 },
  });
const creation = (): string =>
  JSON.stringify({ pattern: { connector: `new ${next()}` }, expected_interval: '1h' });

type Work = Omit<autocannon.Options, 'url'> & { readonly path: string };

const posting = (path: string, body: () => string): Work => ({
  path,
  requests: [{ method: 'POST', path, setupRequest: (request) => ({ ...request, body: body() }) }],
});

const WORK: readonly Work[] = [
  posting('/api/v2/event', event),
  { path: '/api/v2/heartbeat/h7' },
  posting('/api/v2/heartbeat', creation),
];

/** @returns after how many seconds somebody is answered who asks again and again */
async function untilAnswered({ url }: BenchServer, { path }: Work): Promise<number> {
  const began = performance.now();
  await until(async () => (await fetch(url + path, { headers: HEADERS })).ok);
  return (performance.now() - began) / 1_000;
}

/** @returns the processor time of one request, in microseconds */
async function cost({ url, pid }: BenchServer, { path, ...options }: Work): Promise<number> {
  const run = (seconds: number): Promise<autocannon.Result> =>
    autocannon({ url: url + path, connections: 8, duration: seconds, headers: HEADERS, ...options });
  await run(2);
  const before = await cpuSeconds(pid);
  const { requests, non2xx, errors, timeouts } = await run(4);
  const failed = non2xx + errors + timeouts;
  if (failed > 0) throw new Error(`${failed} requests failed at ${path}`);
  return (((await cpuSeconds(pid)) - before) / requests.total) * 1e6;
}

/** @param from the first heartbeat that falls silent. @returns how late 99 of 100 alarms are at most, in milliseconds */
async function lateness(
  connection: mongoose.Connection,
  raisedAt: ReadonlyMap<string, number>,
  from: number,
): Promise<number> {
  const now = Date.now() + 3_000;
  const deadlines = Array.from({ length: SILENT }, (_, i) => ({
    id: `h${HIT + from + i}`,
    deadline: now + i * SPREAD_MS,
  }));
  await moveDeadlines(connection, deadlines);
  await until(() => Promise.resolve(deadlines.every(({ id }) => raisedAt.has(id))));
  const late = deadlines.map(({ id, deadline }) => (raisedAt.get(id) ?? NaN) - deadline);
  return quantile(late, 0.99);
}
