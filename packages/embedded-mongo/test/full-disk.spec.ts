import { mongo } from 'mongoose';
import { execFileSync, spawnSync } from 'node:child_process';
import { startEmbeddedMongo } from '../src';
import { startChild, temporaryDirectory, type Child } from './support';

/** Sets how large a file of a process may grow, which refuses writes as a full disk does; util-linux, so on Linux alone. */
const limitFiles = (pid: number, bytes: string): unknown =>
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
const canLimit = spawnSync('prlimit', ['--version']).status === 0;

interface Row {
  _id: string;
  filling: string;
}

const FILLING = 'x'.repeat(20_000);
const ROOM = String(3 * 1024 * 1024);

(canLimit ? describe : describe.skip)('the embedded MongoDB on a full disk', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let child: Child;
  let client: mongo.MongoClient;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    child = await startChild(directory.path);
    client = await new mongo.MongoClient(child.uri, { serverSelectionTimeoutMS: 2_000 }).connect();
  });
  afterEach(async () => {
    await client.close();
    await child.kill();
    await directory.remove();
  });

  it('refuses writes, reads on, writes again when there is room, and keeps all that was acknowledged', async () => {
    const rows = client.db('test').collection<Row>('rows');
    await rows.createIndex({ filling: 1 });
    limitFiles(child.pid, ROOM);
    const kept: string[] = [];
    const write = async (id: string): Promise<void> => {
      await rows.insertOne({ _id: id, filling: FILLING });
      kept.push(id);
    };
    const refused: unknown[] = [];
    const writer = async (name: string): Promise<void> => {
      for (let at = 0; at < 500 && refused.length < 20; at++) {
        await write(`${name} ${at}`).catch((error: unknown) => refused.push(error));
      }
    };
    await Promise.all(['a', 'b', 'c', 'd'].map(writer));
    expect(kept.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThanOrEqual(20);
    for (const error of refused) {
      expect(error).toMatchObject({
        code: 1,
        message: expect.stringMatching(/^the storage could not/) as string,
      });
    }
    expect(await ids(rows)).toEqual([...kept].sort());
    expect(await rows.countDocuments({ filling: FILLING })).toBe(kept.length);

    limitFiles(child.pid, 'unlimited');
    await write('with room again');
    await child.kill();
    const server = await startEmbeddedMongo({ dataDir: directory.path });
    const again = await new mongo.MongoClient(server.uri).connect();
    expect(await ids(again.db('test').collection<Row>('rows'))).toEqual([...kept].sort());
    await again.close();
    await server.close();
  }, 60_000);
});

async function ids(rows: mongo.Collection<Row>): Promise<string[]> {
  return (await rows.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id).sort();
}
