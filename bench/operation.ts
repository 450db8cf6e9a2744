import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { peakMiB, residentMiB } from './support/process-figures';
import { Results } from './support/results';
import { interleaved } from './support/rounds';
import { BenchServer, startServer } from './support/servers';
import { fillHeartbeats } from './support/stored-heartbeats';

const LIST = '/api/v2/heartbeat';
const auth = { authorization: `Basic ${Buffer.from('root:root').toString('base64')}` };

/** Start-up beside a bare Nest application, and the memory that the longest list takes. */
export async function benchOperation(results: Results, rounds = 7): Promise<void> {
  results.head('what', 'measured', 'to reach');
  await startUp(results, rounds);
  await longList(results);
}

/** From the start of the process to its first answer, in milliseconds; the embedded database has 10,000 heartbeats. */
async function startUp(results: Results, rounds: number): Promise<void> {
  const dataDir = await filledDirectory(10_000);
  const firstAnswer = async (script: string, path: string): Promise<number> => {
    const began = performance.now();
    const server = await startServer(script, [], { ...dataDir.env });
    const response = await fetch(server.url + path, { headers: auth });
    await response.text();
    const milliseconds = performance.now() - began;
    await server.stop();
    return milliseconds;
  };
  const [bare, ours] = await interleaved(
    [
      { name: 'bare', measure: () => firstAnswer('.bench/bench/bare-nest.js', '/') },
      { name: 'ours', measure: () => firstAnswer('dist/main.js', `${LIST}/h7`) },
    ],
    rounds,
  );
  await dataDir.remove();
  if (!bare || !ours) return;
  const ratio = (ours.median / bare.median).toFixed(1);
  results.row(
    'start to first answer, embedded database with 10,000 heartbeats, over a bare Nest application',
    `${Math.round(ours.median)} ms over ${Math.round(bare.median)} ms: ${ratio}`,
    '≤ 3',
  );
}

/** What eight lists of 100,000 at once add to the resident memory. */
async function longList(results: Results): Promise<void> {
  const database = await embedded();
  const uri = `${database.url}/bench`;
  await fillAt(uri, 100_000);
  const server = await startServer('dist/main.js', [], { MONGODB_URI: uri, ROLE: 'api' });
  const list = async (): Promise<number> =>
    (await (await fetch(server.url + LIST, { headers: auth })).arrayBuffer()).byteLength;
  await (await fetch(`${server.url}${LIST}/h7`, { headers: auth })).text();
  const before = await residentMiB(server.pid);
  const bytes = await list();
  const one = (await peakMiB(server.pid)) - before;
  await Promise.all(Array.from({ length: 8 }, list));
  const eight = (await peakMiB(server.pid)) - before;
  results.row(
    `memory that a list of 100,000 adds (${(bytes / 1e6).toFixed(0)} MB of JSON)`,
    `${one} MiB`,
    '≤ 150',
  );
  results.row('memory that eight of them at once add', `${eight} MiB`, '');
  await server.stop();
  await database.stop();
}

const embedded = (): Promise<BenchServer> =>
  startServer('dist/embedded-mongo/main.js', ['--port', '0', '--data', 'DATA_DIR']);

async function fillAt(uri: string, count: number): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  await fillHeartbeats(connection, count);
  await connection.close();
}

/** A data directory as the application leaves it, with so many heartbeats in it. */
async function filledDirectory(
  count: number,
): Promise<{ env: Record<string, string>; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'heartbeat-bench-'));
  const database = await startServer('dist/embedded-mongo/main.js', ['--port', '0', '--data', directory]);
  await fillAt(`${database.url}/canopsis`, count);
  await database.stop();
  const env = { DATA_DIR: directory };
  // The first start completes what the documents lack, and makes the states.
  const first = await startServer('dist/main.js', [], env);
  await first.said(`watching ${count} heartbeats`);
  await first.stop();
  return { env, remove: () => rm(directory, { recursive: true, force: true }) };
}
