import autocannon from 'autocannon';
import { Contender, Result, interleaved } from './support/rounds';
import { BenchServer, startServer } from './support/servers';

const CONNECTIONS = 32;
const SECONDS = 2;
const PATH = '/api/v2/heartbeat';
const headers = {
  authorization: `Basic ${Buffer.from('root:root').toString('base64')}`,
  'content-type': 'application/json',
};

let created = 0;
/** A body whose pattern nobody has sent before. */
const newHeartbeat = (): string =>
  JSON.stringify({
    pattern: { connector: `c${process.pid}-${(created += 1)}`, connector_name: 'bench' },
    expected_interval: '1h',
  });

async function requestsPerSecond(options: autocannon.Options): Promise<number> {
  const result = await autocannon({ connections: CONNECTIONS, duration: SECONDS, headers, ...options });
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed > 0) throw new Error(`${failed} requests failed at ${options.url}`);
  return result.requests.average;
}

async function createdId(url: string): Promise<string> {
  const response = await fetch(url + PATH, { method: 'POST', headers, body: newHeartbeat() });
  return ((await response.json()) as { description: string }).description;
}

const post = (url: string): Promise<number> =>
  requestsPerSecond({
    url: url + PATH,
    requests: [
      { method: 'POST', path: PATH, setupRequest: (request) => ({ ...request, body: newHeartbeat() }) },
    ],
  });

/** GET by id and POST, the application beside the bare server, on one database. */
async function compare(
  database: string,
  application: BenchServer,
  bare: BenchServer,
  rounds: number,
): Promise<void> {
  const servers = { application: application.url, bare: bare.url };
  const ids = new Map<string, string>();
  for (const url of Object.values(servers)) ids.set(url, await createdId(url));
  const work = {
    'GET by id': (url: string) => requestsPerSecond({ url: `${url}${PATH}/${ids.get(url)}` }),
    POST: post,
  };
  for (const [name, measure] of Object.entries(work)) {
    const contenders = Object.entries(servers).map(([who, url]): Contender => ({
      name: who,
      measure: () => measure(url),
    }));
    print(`${name}, ${database}`, await interleaved(contenders, rounds));
  }
}

function print(title: string, [application, bare]: Result[]): void {
  if (!application || !bare) return;
  const show = ({ median, lowest, highest }: Result): string =>
    `${Math.round(median)}/s (${Math.round(lowest)}…${Math.round(highest)})`;
  const ratio = (application.median / bare.median).toFixed(2);
  console.log(`| ${title} | ${show(application)} | ${show(bare)} | ${ratio} |`);
}

/**
 * Prints requests per second of the API and of a bare `node:http` + driver program that does the same work, in turns,
 * medians of `rounds`, with 32 connections; on the embedded database, and on the MongoDB of `MONGODB_URI` if set.
 */
export async function benchApi(rounds = 7): Promise<void> {
  console.log(`| work, database | application | node:http + driver | ratio |\n|---|---|---|---|`);
  const embedded = await startServer('dist/embedded-mongo/main.js', ['--port', '0', '--data', 'DATA_DIR']);
  await onDatabase('embedded', undefined, embedded.url, rounds);
  await embedded.stop();
  const outside = process.env.MONGODB_URI;
  if (outside === undefined) console.log('\nMONGODB_URI is not set: nothing measured on an outside MongoDB.');
  else await onDatabase('outside', outside, outside, rounds);
}

async function onDatabase(
  name: string,
  forApplication: string | undefined,
  forBare: string,
  rounds: number,
): Promise<void> {
  const env = forApplication === undefined ? undefined : { MONGODB_URI: forApplication };
  const application = await startServer('dist/main.js', [], env);
  const bare = await startServer('.bench/bench/bare-server.js', [forBare]);
  try {
    await compare(name, application, bare, rounds);
  } finally {
    await Promise.all([application.stop(), bare.stop()]);
  }
}
