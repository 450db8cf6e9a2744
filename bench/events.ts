import autocannon from 'autocannon';
import { join } from 'node:path';
import { embeddedServer, fillAt } from './support/filled-directory';
import { HEADERS } from './support/headers';
import { Results, spread } from './support/results';
import { type Contender, type Result, interleaved } from './support/rounds';
import { type BenchServer, startServer } from './support/servers';

const HIT = 200;
const SECONDS = 2;
const TOGETHER = 1_000;
const PATH = '/api/v2/event';

let sent = 0;
const event = (): Record<string, unknown> => ({
  ...{ connector: 'bench', connector_name: `n${(sent += 1) % HIT}`, event_type: 'check' },
  ...{ source_type: 'component', component: 'c', state: 0, output: 'ok' },
});
const one = (): string => JSON.stringify(event());
const many = (): string => JSON.stringify(Array.from({ length: TOGETHER }, event));

/**
 * Events a second over HTTP, in turns, medians of `rounds`: one event a request on 1 and on 32 connections, 200 heartbeats hit in
 * turn, and 1,000 events in one request. Beside it the build that `BASELINE` names (the folder of a clone that is built), and a
 * bare `node:http` + driver program that stores the event's time with one acknowledged `updateOne`.
 */
export async function benchEvents(results: Results, rounds = 7): Promise<void> {
  results.say('\nThe embedded database in the same process:');
  results.head('work', 'contender', 'events/s, median (range)', 'of the first', 'to reach');
  const baseline = process.env.BASELINE;
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const now = await site(stops, 'dist/main.js');
    const before = baseline === undefined ? undefined : await site(stops, join(baseline, 'dist/main.js'));
    if (!before) results.say('| | BASELINE is not set: nothing measured before | | | |');
    for (const [connections, toReach] of [
      [1, '≥ 15'],
      [32, '≥ 6'],
    ] as const) {
      if (!before) continue;
      const contenders = [
        { name: 'before', measure: () => rate(before, connections, one) },
        { name: 'now', measure: () => rate(now, connections, one) },
      ];
      await compare(results, `one event a request, ${connections}`, contenders, rounds, [toReach]);
    }
    const contenders = [
      { name: 'one a request, 32 connections', measure: () => rate(now, 32, one) },
      { name: '1,000 in one request', measure: async () => (await rate(now, 1, many)) * TOGETHER },
    ];
    await compare(results, 'many at once', contenders, rounds, ['≥ 5']);
    results.say('\nThe embedded database in a process of its own:');
    results.head('work', 'contender', 'events/s, median (range)', 'of the first', 'to reach');
    await besideBare(results, stops, rounds);
  } finally {
    for (const stop of stops) await stop();
  }
}

async function besideBare(
  results: Results,
  stops: (() => Promise<unknown>)[],
  rounds: number,
): Promise<void> {
  const database = async (): Promise<string> => {
    const server = await embeddedServer();
    stops.unshift(() => server.stop());
    return `${server.url}/canopsis`;
  };
  const uris = [await database(), await database()] as const;
  await fillAt(uris[0], HIT);
  const bare = await startServer('.bench/bench/bare-server.js', [uris[0]]);
  stops.unshift(() => bare.stop());
  const now = await site(stops, 'dist/main.js', uris[1]);
  for (const [connections, toReach] of [
    [1, '≥ 0.5'],
    [32, '≥ 1.0'],
  ] as const) {
    const contenders = [
      { name: 'bare', measure: () => rate(bare, connections, one) },
      { name: 'now', measure: () => rate(now, connections, one) },
    ];
    await compare(results, `one event a request, ${connections}`, contenders, rounds, [toReach]);
  }
}

/** An application that watches the heartbeats that are hit. */
async function site(stops: (() => Promise<unknown>)[], script: string, uri?: string): Promise<BenchServer> {
  if (uri !== undefined) await fillAt(uri, HIT);
  const server = await startServer(script, [], {
    LOG_FORMAT: 'json',
    ...(uri === undefined ? {} : { MONGODB_URI: uri }),
  });
  stops.unshift(() => server.stop());
  for (let at = 0; uri === undefined && at < HIT; at += 1) {
    const body = JSON.stringify({
      pattern: { connector: 'bench', connector_name: `n${at}` },
      expected_interval: '1h',
    });
    const answer = await fetch(`${server.url}/api/v2/heartbeat`, { method: 'POST', headers: HEADERS, body });
    if (!answer.ok) throw new Error(await answer.text());
  }
  if (uri !== undefined) await server.said('watching 200 heartbeats');
  return server;
}

/** @returns requests a second */
async function rate(server: BenchServer, connections: number, body: () => string): Promise<number> {
  const result = await autocannon({
    ...{ url: server.url + PATH, connections, duration: SECONDS, headers: HEADERS, timeout: 60 },
    requests: [{ method: 'POST', path: PATH, setupRequest: (request) => ({ ...request, body: body() }) }],
  });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} requests failed at ${server.url}`);
  return result.requests.average;
}

async function compare(
  results: Results,
  work: string,
  contenders: readonly Contender[],
  rounds: number,
  [toReach]: readonly string[],
): Promise<void> {
  const [first, second] = (await interleaved(contenders, rounds)) as [Result, Result];
  results.row(work, first.name, spread(first), '1.00', '');
  results.row(work, second.name, spread(second), (second.median / first.median).toFixed(2), toReach ?? '');
}
