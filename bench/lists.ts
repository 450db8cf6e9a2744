import autocannon from 'autocannon';
import { join } from 'node:path';
import { type FilledDirectory, filledDirectory } from './support/filled-directory';
import { HEADERS } from './support/headers';
import type { Results } from './support/results';
import { median } from './support/rounds';
import { type BenchServer, startServer } from './support/servers';

const AT_ONCE = 8;
const REQUESTS = 40;
const BEFORE = 10_000;
const NOW = 100_000;

/** Names in no order, few authors, and times that are not all the same. */
const more = (i: number): Record<string, unknown> => ({
  ...{ name: `Heartbeat ${(i * 7_919) % 1_000_003}`, author: `author ${i % 17}` },
  ...{ created: 1_700_000_000 + ((i * 31) % 86_400), updated: 1_700_000_000 + ((i * 37) % 86_400) },
});

/** What is asked for; the last page of so many heartbeats. */
type Query = (heartbeats: number) => string;
const FIELDS = ['_id', 'name', 'author', 'expected_interval', 'created', 'updated'] as const;
const QUERIES: readonly (readonly [name: string, query: Query])[] = [
  ...FIELDS.map((field) => [`by ${field}, first page`, sorted(field, () => 1)] as const),
  ...FIELDS.map((field) => [`by ${field}, last page`, sorted(field, (count) => count / 10)] as const),
  ['search', () => '/api/v2/heartbeat?search=beat%2099&sort_by=name'],
  ['search, version 4', () => '/api/v4/heartbeats?search=beat%2099&sort_by=name'],
  ['states by state', () => '/api/v2/heartbeat-state?sort_by=state&page=1'],
  ['states by deadline, last page', (count) => `/api/v2/heartbeat-state?sort_by=deadline&page=${count / 10}`],
  ['waiting ones by id', () => '/api/v2/heartbeat-state?state=waiting&sort_by=_id&page=1'],
];

function sorted(field: string, page: (heartbeats: number) => number): Query {
  return (count) => `/api/v2/heartbeat?sort_by=${field}&page=${page(count)}`;
}

interface Asked {
  readonly server: BenchServer;
  readonly heartbeats: number;
}

/**
 * How long pages of long lists take on the embedded database, eight asked for at once: 100,000 heartbeats, beside the build that
 * `BASELINE` names (the folder of a clone that is built) with 10,000, in turns.
 */
export async function benchLists(results: Results, rounds = 7): Promise<void> {
  const baseline = process.env.BASELINE;
  const directories: FilledDirectory[] = [];
  const servers: BenchServer[] = [];
  const site = async (script: string, heartbeats: number): Promise<Asked> => {
    const directory = await filledDirectory(heartbeats, { script, more });
    directories.push(directory);
    const server = await startServer(script, [], { ...directory.env });
    servers.push(server);
    await server.said(`watching ${heartbeats} heartbeats`);
    return { server, heartbeats };
  };
  try {
    const now = await site('dist/main.js', NOW);
    const before = baseline === undefined ? undefined : await site(join(baseline, 'dist/main.js'), BEFORE);
    results.head('page', `before, ${BEFORE}`, `now, ${NOW}: median, p99`, 'of before', 'errors');
    for (const [name, query] of QUERIES) await compare(results, { name, query, before, now }, rounds);
  } finally {
    for (const server of servers) await server.stop();
    for (const directory of directories) await directory.remove();
  }
}

async function compare(
  results: Results,
  { name, query, before, now }: { name: string; query: Query; before: Asked | undefined; now: Asked },
  rounds: number,
): Promise<void> {
  const old: number[] = [];
  const own: Times[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const past = before && (await times(before, query));
    const present = await times(now, query);
    // The first round is for warming up, and to read what is kept in memory.
    if (round === 0) continue;
    if (past && past.failed === 0) old.push(past.median);
    own.push(present);
  }
  const middle = median(own.map((each) => each.median));
  const failed = own.reduce((sum, each) => sum + each.failed, 0);
  const beside = old.length > 0 ? median(old) : undefined;
  results.row(
    name,
    beside === undefined ? (before ? 'errors' : 'BASELINE is not set') : `${beside} ms`,
    `${middle} ms, ${Math.max(...own.map(({ p99 }) => p99))} ms`,
    beside === undefined ? '' : (middle / beside).toFixed(2),
    `${failed}`,
  );
}

interface Times {
  readonly median: number;
  readonly p99: number;
  readonly failed: number;
}

/** In milliseconds. */
async function times({ server, heartbeats }: Asked, query: Query): Promise<Times> {
  const url = server.url + query(heartbeats);
  const { latency, non2xx, errors, timeouts } = await autocannon({
    ...{ url, headers: HEADERS, connections: AT_ONCE, amount: REQUESTS },
  });
  return { median: latency.p50, p99: latency.p99, failed: non2xx + errors + timeouts };
}
