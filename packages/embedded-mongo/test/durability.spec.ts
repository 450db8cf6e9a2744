import { mongo } from 'mongoose';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedMongoError, startEmbeddedMongo } from '../src';
import { startChild, temporaryDirectory, type Child } from './support';

const ROUNDS = 6;
const WRITERS = 8;

interface Row {
  _id: string;
  key: string;
  parity: string;
  version: number;
  copy: number;
  tags: string[];
  filling: string;
}

function row(id: string, version: number): Row {
  const tags = [`t${version % 3}`, `u${version % 5}`];
  return {
    _id: id,
    key: `key ${id}`,
    parity: version % 2 ? 'odd' : 'even',
    version,
    copy: version,
    tags,
    filling: 'x'.repeat(200),
  };
}

describe('the embedded MongoDB and the end of its process', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let children: Child[];
  beforeEach(async () => {
    directory = await temporaryDirectory();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) await child.kill();
    await directory.remove();
  });
  const launch = async (...more: string[]): Promise<Child> => {
    const child = await startChild(directory.path, ...more);
    children.push(child);
    return child;
  };

  it('keeps every acknowledged write whole, with indexes that agree, when killed at any moment', async () => {
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round++) {
      const child = await launch();
      const client = new mongo.MongoClient(child.uri, { serverSelectionTimeoutMS: 500, retryWrites: false });
      const rows = client.db('test').collection<Row>('rows');
      if (round === 0) {
        await rows.createIndex({ key: 1 }, { unique: true });
        await rows.createIndex({ parity: 1, version: -1 });
        await rows.createIndex({ tags: 1 });
      }
      const killAfter = acknowledged.size + 20 + Math.floor(Math.random() * 400);
      let dead = false;
      const writer = async (name: string): Promise<void> => {
        for (let at = 0; !dead; at++) {
          const id = `${round} ${name} ${Math.floor(at / 3)}`;
          const version = at % 3;
          if (version === 0) await rows.insertOne(row(id, 0));
          else await rows.updateOne({ _id: id }, { $set: row(id, version) });
          acknowledged.set(id, version);
          if (acknowledged.size >= killAfter && !dead) {
            dead = true;
            await child.kill();
          }
        }
      };
      await Promise.allSettled(Array.from({ length: WRITERS }, (_, at) => writer(`w${at}`)));
      // The driver's farewell may wait for ever on a connection whose other end was killed just now.
      await Promise.race([
        client.close(true).catch(() => undefined),
        delay(2_000, undefined, { ref: false }),
      ]);
      await checkRows(directory.path, acknowledged);
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 20);
  }, 120_000);

  it('refuses a directory that another process uses, and takes it over once that one is gone', async () => {
    const child = await launch();
    await expect(startEmbeddedMongo({ dataDir: directory.path })).rejects.toThrow(
      /in use by another process/,
    );
    await expect(launch()).rejects.toThrow(/in use by another process/);
    const client = await new mongo.MongoClient(child.uri).connect();
    await client.db('test').command({ ping: 1 });
    await client.close();
    await child.kill();
    const server = await startEmbeddedMongo({ dataDir: directory.path });
    await server.close();
    expect((await readdir(directory.path)).filter((name) => name.endsWith('.sock'))).toEqual([]);
  });

  it('refuses a second start in the same process, and the first goes on', async () => {
    const first = await startEmbeddedMongo({ dataDir: directory.path });
    await expect(startEmbeddedMongo({ dataDir: directory.path })).rejects.toThrow(EmbeddedMongoError);
    const client = await new mongo.MongoClient(first.uri).connect();
    await client.db('test').collection('a').insertOne({ a: 1 });
    expect(await client.db('test').collection('a').countDocuments()).toBe(1);
    await client.close();
    await first.close();
  });

  it('lets one of several that start at once win', async () => {
    const starts = await Promise.allSettled(Array.from({ length: 3 }, () => launch()));
    const winners = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    expect(winners).toHaveLength(1);
    expect(await winners[0]?.terminate()).toBe(0);
  });

  it('ends on SIGTERM with its data kept and nothing left but the data', async () => {
    const child = await launch('--port', '0');
    expect(child.uri).toMatch(/^mongodb:\/\/127\.0\.0\.1:\d+$/);
    const client = await new mongo.MongoClient(child.uri).connect();
    await client.db('test').collection('a').insertOne({ a: 1 });
    await client.close();
    expect(await child.terminate()).toBe(0);
    expect((await readdir(directory.path)).sort()).toEqual(['data.mdb', 'embedded-mongo.format', 'lock.mdb']);
    const server = await startEmbeddedMongo({ dataDir: directory.path });
    const again = await new mongo.MongoClient(server.uri).connect();
    expect(await again.db('test').collection('a').countDocuments()).toBe(1);
    await again.close();
    await server.close();
  });

  it('closes while searches and writes are under way', async () => {
    const server = await startEmbeddedMongo({ dataDir: directory.path });
    const client = await new mongo.MongoClient(server.uri, { serverSelectionTimeoutMS: 500 }).connect();
    const rows = client.db('test').collection<Row>('rows');
    await rows.insertMany(Array.from({ length: 10_000 }, (_, at) => row(`${at}`, 0)));
    const busy = [
      rows.countDocuments({ filling: /y/ }),
      rows.updateMany({}, { $set: { copy: 1 } }),
      rows.find().sort({ filling: 1 }).toArray(),
      rows.deleteMany({ copy: 1 }),
    ];
    const ended = Promise.allSettled(busy);
    await rows.findOne({ _id: '0' });
    await server.close();
    await server.close();
    await ended;
    await client.close();
    expect((await stat(directory.path)).mode & 0o077).toBe(0);
  });

  it('refuses a foreign directory, and leaves it as it is', async () => {
    await writeFile(join(directory.path, 'notes.txt'), 'mine');
    await expect(startEmbeddedMongo({ dataDir: directory.path })).rejects.toThrow(/holds other files/);
    expect(await readdir(directory.path)).toEqual(['notes.txt']);
  });

  it('refuses the LMDB data of another program', async () => {
    await writeFile(join(directory.path, 'data.mdb'), Buffer.alloc(8192));
    await expect(startEmbeddedMongo({ dataDir: directory.path })).rejects.toThrow(/holds data\.mdb, but not/);
    expect(await readdir(directory.path)).toEqual(['data.mdb']);
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['garbage', async (path) => writeFile(path, Buffer.alloc((await readFile(path)).length, 0x5a))],
    ['empty', (path) => truncate(path, 0)],
    ['cut off', async (path) => truncate(path, (await readFile(path)).length - 4096)],
    [
      'overwritten at its start',
      async (path) => writeFile(path, Buffer.concat([Buffer.alloc(64), (await readFile(path)).subarray(64)])),
    ],
  ])('refuses data that is %s, and leaves it as it is', async (_what, damage) => {
    const server = await startEmbeddedMongo({ dataDir: directory.path });
    const client = await new mongo.MongoClient(server.uri).connect();
    await client
      .db('test')
      .collection('a')
      .insertMany(Array.from({ length: 200 }, (_, at) => ({ at, text: 'x'.repeat(300) })));
    await client.close();
    await server.close();
    const path = join(directory.path, 'data.mdb');
    await damage(path);
    const before = await readFile(path);
    await expect(startEmbeddedMongo({ dataDir: directory.path })).rejects.toThrow(/is damaged/);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it('refuses a file with a page that is none, wherever that is, unless nothing leads to it', async () => {
    const server = await startEmbeddedMongo({ dataDir: directory.path });
    const client = await new mongo.MongoClient(server.uri).connect();
    const text = (at: number): string => 'x'.repeat(at % 50 === 0 ? 20_000 : 300);
    await client
      .db('test')
      .collection('a')
      .insertMany(Array.from({ length: 200 }, (_, at) => ({ at, text: text(at) })));
    await client.close();
    await server.close();
    const path = join(directory.path, 'data.mdb');
    const whole = await readFile(path);
    let refused = 0;
    for (let page = 2; page < whole.length / 4_096; page += 1) {
      const damaged = Buffer.from(whole);
      damaged.fill(0, page * 4_096, (page + 1) * 4_096);
      await writeFile(path, damaged);
      try {
        await (await startEmbeddedMongo({ dataDir: directory.path })).close();
      } catch (error) {
        refused += 1;
        expect((error as Error).message).toBe(
          `${path} is damaged: its page ${page} is none; restore it from a backup, or start with an empty directory`,
        );
        expect((await readFile(path)).equals(damaged)).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(10);
  });

  it('serves a directory with a dot in its name', async () => {
    const server = await startEmbeddedMongo({ dataDir: join(directory.path, 'data.d') });
    await server.close();
    expect(await readdir(join(directory.path, 'data.d'))).toContain('data.mdb');
  });

  it('serves a directory whose path is too long for a socket', async () => {
    const dataDir = join(directory.path, 'long'.repeat(40));
    const server = await startEmbeddedMongo({ dataDir });
    const client = await new mongo.MongoClient(server.uri).connect();
    await client.db('test').command({ ping: 1 });
    await client.close();
    await expect(startEmbeddedMongo({ dataDir })).rejects.toThrow(/in use/);
    await server.close();
  });
});

/** Starts again in this process, and holds every row against what was acknowledged and against every index. */
async function checkRows(dataDir: string, acknowledged: Map<string, number>): Promise<void> {
  const server = await startEmbeddedMongo({ dataDir });
  const client = await new mongo.MongoClient(server.uri).connect();
  try {
    const rows = client.db('test').collection<Row>('rows');
    const found = new Map((await rows.find().toArray()).map((one) => [one._id, one]));
    for (const [id, version] of acknowledged) expect(found.get(id)?.version).toBeGreaterThanOrEqual(version);
    for (const one of found.values()) expect(one).toEqual(row(one._id, one.version));
    const ids = [...found.keys()].sort();
    for (const hint of [{ _id: 1 }, { key: 1 }, { parity: 1, version: -1 }]) {
      const byIndex = await rows.find({}, { hint, projection: { _id: 1 } }).toArray();
      expect(byIndex.map(({ _id }) => _id).sort()).toEqual(ids);
    }
    for (const tag of ['t0', 't1', 't2']) {
      const byIndex = await rows.find({ tags: tag }, { hint: { tags: 1 } }).toArray();
      const byScan = [...found.values()].filter(({ tags }) => tags.includes(tag));
      expect(byIndex.map(({ _id }) => _id).sort()).toEqual(byScan.map(({ _id }) => _id).sort());
    }
  } finally {
    await client.close();
    await server.close();
  }
}
