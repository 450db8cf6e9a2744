import { HEADERS } from './support/headers';
import { embeddedServer, fillAt, filledDirectory } from './support/filled-directory';
import { peakMiB, residentMiB } from './support/process-figures';
import { Results } from './support/results';
import { interleaved } from './support/rounds';
import { startServer } from './support/servers';

const LIST = '/api/v2/heartbeat';

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
    const response = await fetch(server.url + path, { headers: HEADERS });
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
    '≤ 2',
  );
}

/** What eight lists of 100,000 at once add to the resident memory. */
async function longList(results: Results): Promise<void> {
  const database = await embeddedServer();
  const uri = `${database.url}/bench`;
  await fillAt(uri, 100_000);
  // Without the page, whose overview is filled meanwhile.
  const env = { MONGODB_URI: uri, ROLE: 'api', WEB_PAGE: 'off' };
  const server = await startServer('dist/main.js', [], env);
  const list = async (): Promise<number> =>
    (await (await fetch(server.url + LIST, { headers: HEADERS })).arrayBuffer()).byteLength;
  await (await fetch(`${server.url}${LIST}/h7`, { headers: HEADERS })).text();
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
