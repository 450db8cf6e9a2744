import mongoose from 'mongoose';
import { databaseServer } from '../../src/database/database-server';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { eventually } from '../support/eventually';
import { type ApiProcess, startApi } from '../support/processes';

const OLD = 150;
/** Some of them are silent, and have alarms that are as long. */
const SILENT = 15;
/** In megabytes: what they need together is more. */
const HEAP = 160;
jest.setTimeout(900_000);

/** Reading megabytes with so small a heap takes a busy machine minutes. */
const LIMIT_MS = 240_000;

const MEBIBYTE = 1024 * 1024;

/** Heartbeats from before patterns had a limit, which another program inserted. */
async function insertOld(dataDir: string): Promise<void> {
  const server = await databaseServer(undefined, dataDir, { durable: false });
  const connection = await mongoose.createConnection(`${server.uri}/canopsis`).asPromise();
  for (let n = 0; n < OLD; n += 1) {
    await connection.collection('heartbeat').insertOne({
      _id: `old${n}` as never,
      pattern: { component: `${n}.`.padEnd(MEBIBYTE - 200, 'x') },
      expected_interval: n < SILENT ? '1s' : '1h',
    });
  }
  await connection.close();
  await server.close();
}

describe('heartbeats with more patterns of a megabyte than the heap could hold', () => {
  let dataDir: string;
  let app: ApiProcess;
  let created = 0;
  beforeAll(async () => {
    dataDir = await makeDirectory();
    await insertOld(dataDir);
  });
  afterAll(async () => {
    await removeDirectory(dataDir);
  });
  // What has failed must not keep the directory from the next.
  afterEach(() => app.stop('SIGKILL'));

  /** Read as it comes: the list is larger than the heap. */
  const listedBytes = async (): Promise<number> => {
    const authorization = `Basic ${Buffer.from('root:root').toString('base64')}`;
    const { body } = await fetch(`${app.url}${HEARTBEATS}/`, { headers: { authorization } });
    let bytes = 0;
    for await (const chunk of body ?? []) bytes += (chunk as Uint8Array).length;
    return bytes;
  };

  const counts = async (): Promise<Record<string, number>> => {
    const { json } = await app.request('GET', '/api/v2/heartbeat-overview?limit=1');
    return (json as { meta?: { counts: Record<string, number> } }).meta?.counts ?? {};
  };

  it.each(['at first', 'again'])('start %s, are watched and served', async () => {
    app = await startApi({
      DATA_DIR: dataDir,
      NODE_OPTIONS: `--max-old-space-size=${HEAP}`,
      BLIND_GRACE: '1s',
    });
    await app.says(new RegExp(`watching ${OLD + created} heartbeats`));
    await eventually(
      async () => expect(await counts()).toMatchObject({ down: SILENT, waiting: OLD - SILENT + created }),
      LIMIT_MS,
    );
    const { status, json } = await app.request('GET', `${HEARTBEATS}/old149`);
    expect([status, JSON.stringify(json).length > MEBIBYTE - 300]).toEqual([200, true]);
    const all = (OLD - 1) * MEBIBYTE;
    await eventually(async () => expect(await listedBytes()).toBeGreaterThan(all), LIMIT_MS);
    const fresh = heartbeat({ expected_interval: '1h' });
    expect((await app.request('POST', `${HEARTBEATS}/`, { json: fresh })).status).toBe(200);
    created += 1;
    expect(await app.stop()).toMatchObject({ code: 0 });
  });
});
