import autocannon from 'autocannon';
import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import { HEADERS } from './support/headers';
import { cpuSeconds } from './support/process-figures';
import { Results, spread } from './support/results';
import { Contender, interleaved, median } from './support/rounds';
import { embeddedServer } from './support/filled-directory';
import { BenchServer, startServer } from './support/servers';
import { fillHeartbeats } from './support/stored-heartbeats';

const CONNECTIONS = 32;
const SECONDS = 2;
const LISTED = 1_000;
const PATH = '/api/v2/heartbeat';

let created = 0;
/** A body whose pattern nobody has sent before. */
const newHeartbeat = (): string =>
  JSON.stringify({
    pattern: { connector: `c${process.pid}-${(created += 1)}`, connector_name: 'bench' },
    expected_interval: '1h',
  });

/** What is measured, and what the application is to reach of the bare server's rate; the second with a line of log a request. */
const WORK: readonly [
  name: string,
  toReach: readonly [number, number?],
  options: Partial<autocannon.Options>,
][] = [
  ['list of 1,000', [12, 12], {}],
  ['GET by id', [1.8, 1.8], {}],
  [
    'POST',
    [0.9, 0.9],
    {
      requests: [
        { method: 'POST', path: PATH, setupRequest: (request) => ({ ...request, body: newHeartbeat() }) },
      ],
    },
  ],
];
const BY_ID = 'GET by id';

/** One server, and the processor time that its requests took. */
class Measured implements Contender {
  readonly microseconds: number[] = [];

  constructor(
    readonly name: string,
    private readonly server: BenchServer,
    private readonly options: autocannon.Options,
  ) {}

  /** @returns requests a second */
  readonly measure = async (): Promise<number> => {
    const before = await cpuSeconds(this.server.pid);
    const result = await autocannon({
      connections: CONNECTIONS,
      duration: SECONDS,
      headers: HEADERS,
      ...this.options,
    });
    const failed = result.non2xx + result.errors + result.timeouts;
    if (failed > 0) throw new Error(`${failed} requests failed at ${this.options.url}`);
    const used = (await cpuSeconds(this.server.pid)) - before;
    this.microseconds.push((used / result.requests.total) * 1e6);
    return result.requests.average;
  };
}

/**
 * Requests per second of the API beside a bare `node:http` + driver program that does the same work, in turns, medians of
 * `rounds`, with 32 connections, on one database: the MongoDB of `MONGODB_URI`, or the embedded one in a process of its own. Beside
 * them the build that `BASELINE` names (the folder of a clone that is built), where it is set.
 */
export async function benchApi(results: Results, rounds = 7): Promise<void> {
  const outside = process.env.MONGODB_URI;
  const database = outside === undefined ? await embeddedServer() : undefined;
  const uri = (outside ?? database?.url ?? '').replace(/\/$/, '');
  results.say(
    `\nOn ${outside === undefined ? 'the embedded MongoDB in a process of its own' : 'the MongoDB of MONGODB_URI'}, 32 connections:`,
  );
  results.head(
    'work',
    'contender',
    'requests/s, median (range)',
    'of bare',
    'to reach',
    'µs of processor each',
  );
  const servers = await startAll(uri);
  try {
    for (const [name, toReach, options] of WORK)
      await compare(results, servers, name, toReach, options, rounds);
  } finally {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
    await database?.stop();
  }
}

type Own = 'bare' | 'Fastify' | 'Fastify, a line of log each' | 'Express';
type Servers = Readonly<Record<Own, BenchServer> & Partial<Record<'Fastify, before', BenchServer>>>;

/** Each on a database of its own with as many heartbeats. */
async function startAll(uri: string): Promise<Servers> {
  const baseline = process.env.BASELINE;
  const own = async (): Promise<string> => {
    const connection = await mongoose.createConnection(`${uri}/bench-${randomUUID()}`).asPromise();
    await fillHeartbeats(connection, LISTED);
    const name = connection.name;
    await connection.close();
    return `${uri}/${name}`;
  };
  const application = async (script: string, env = {}): Promise<BenchServer> =>
    startServer(script, [], { MONGODB_URI: await own(), LOG_FORMAT: 'json', ...env });
  return {
    bare: await startServer('.bench/bench/bare-server.js', [await own()]),
    Fastify: await application('dist/main.js'),
    'Fastify, a line of log each': await application('dist/main.js', { LOG_LEVEL: 'debug' }),
    Express: await application('.bench/bench/express-main.js'),
    ...(baseline !== undefined && { 'Fastify, before': await application(`${baseline}/dist/main.js`) }),
  };
}

async function compare(
  results: Results,
  servers: Servers,
  name: string,
  [toReach, withLog]: readonly [number, number?],
  options: Partial<autocannon.Options>,
  rounds: number,
): Promise<void> {
  const path = name === BY_ID ? `${PATH}/h7` : PATH;
  const contenders = Object.entries(servers).map(
    ([who, server]) => new Measured(who, server, { ...options, url: server.url + path }),
  );
  const measured = await interleaved(contenders, rounds);
  const bare = measured[0]?.median ?? NaN;
  measured.forEach((result, at) => {
    const goal = { Fastify: toReach, 'Fastify, a line of log each': withLog }[result.name];
    results.row(
      ...[name, result.name, spread(result), (result.median / bare).toFixed(2)],
      ...[goal === undefined ? '' : `≥ ${goal}`, median(contenders[at]?.microseconds ?? []).toFixed(0)],
    );
  });
}
