import autocannon from 'autocannon';
import { HEADERS } from './support/headers';
import { interleaved } from './support/rounds';
import { Results, spread } from './support/results';
import { startServer } from './support/servers';

/** How many heartbeats are created each time. */
const MANY = 5_000;
const ROUNDS = 3;
/** What a bulk is to take at most of the time of single calls. */
const TO_REACH = 0.1;

let created = 0;
/** A heartbeat that is not there yet. */
function newHeartbeat(): object {
  const connector = `c${(created += 1)}`;
  const texts = { name: connector, description: 'd', author: 'root' };
  return { ...texts, pattern: { connector }, expected_interval: '1h' };
}

/** Milliseconds that one call for all of them takes. */
async function inOneRequest(url: string): Promise<number> {
  const body = JSON.stringify(Array.from({ length: MANY }, newHeartbeat));
  const began = performance.now();
  const answer = await fetch(`${url}/api/v4/bulk/heartbeats`, { method: 'POST', headers: HEADERS, body });
  const { length } = (await answer.json()) as unknown[];
  const took = performance.now() - began;
  if (answer.status !== 201 || length !== MANY) throw new Error(`a bulk was answered with ${answer.status}`);
  return took;
}

/** Of the calls one after the other so many are made, and the rest is reckoned: all of them would take minutes. */
const IN_TURN = 500;

/**
 * Milliseconds that a call for each takes, on so many connections, each with one call at a time.
 * @param amount how many are made; the time is that of all of them
 */
async function oneByOne(url: string, connections: number, amount = MANY): Promise<number> {
  const began = performance.now();
  const result = await autocannon({
    url,
    connections,
    amount,
    headers: HEADERS,
    requests: [
      {
        method: 'POST',
        path: '/api/v4/heartbeats',
        setupRequest: (request) => ({ ...request, body: JSON.stringify(newHeartbeat()) }),
      },
    ],
  });
  if (result.non2xx + result.errors > 0) throw new Error('single calls failed');
  return ((performance.now() - began) * MANY) / amount;
}

/** 5,000 creations in one request beside as many single ones, in turns, on the embedded database; all are watched when answered. */
export async function benchV4(results: Results): Promise<void> {
  const server = await startServer('dist/main.js', [], { LOG_FORMAT: 'json' });
  try {
    const [bulk, ...single] = await interleaved(
      [
        { name: 'one bulk', measure: () => inOneRequest(server.url) },
        { name: 'one after the other', measure: () => oneByOne(server.url, 1, IN_TURN) },
        { name: 'on 32 connections', measure: () => oneByOne(server.url, 32) },
      ],
      ROUNDS,
    );
    results.head(`${MANY} creations`, 'ms, median (range)', 'the bulk takes of it', 'to reach');
    if (bulk) results.row(bulk.name, spread(bulk), '', '');
    for (const [at, one] of single.entries()) {
      const share = ((bulk?.median ?? NaN) / one.median).toFixed(2);
      results.row(one.name, spread(one), share, at === 0 ? `≤ ${TO_REACH}` : 'reported');
    }
  } finally {
    await server.stop();
  }
}
