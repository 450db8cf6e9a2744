import { mongo } from 'mongoose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backUpEmbeddedMongo, startEmbeddedMongo } from '../src';
import { checkDataFile } from '../src/storage/directory';
import { startChild, temporaryDirectory, type Child } from './support';

const ROWS = 2_000;
const MAIN = join(__dirname, '../dist/main.js');

describe('a backup of the embedded MongoDB', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let child: Child;
  let client: mongo.MongoClient;
  const path = (name: string): string => join(directory.path, name);
  const rows = (of: mongo.MongoClient) => of.db('test').collection<{ _id: number; n: number }>('rows');

  beforeAll(async () => {
    directory = await temporaryDirectory();
    child = await startChild(path('data'));
    client = await new mongo.MongoClient(child.uri).connect();
    const filling = 'x'.repeat(1_000);
    await rows(client).insertMany(Array.from({ length: ROWS }, (_, _id) => ({ _id, n: 0, filling })));
    await rows(client).createIndex({ n: 1 });
  });
  afterAll(async () => {
    await client.close();
    await child.terminate();
    await directory.remove();
  });

  /** Starts on a directory. @returns `n` of all rows, once read in order and once by the index */
  async function stored(dataDir: string): Promise<number[]> {
    const server = await startEmbeddedMongo({ dataDir });
    const reader = await new mongo.MongoClient(server.uri).connect();
    try {
      const all = await rows(reader).find().sort({ _id: 1 }).toArray();
      expect(all).toHaveLength(ROWS);
      for (const n of new Set(all.map((row) => row.n))) {
        const found = await rows(reader).countDocuments({ n });
        expect(found).toBe(all.filter((row) => row.n === n).length);
      }
      await rows(reader).insertOne({ _id: -1, n: -1 });
      return all.map(({ n }) => n);
    } finally {
      await reader.close();
      await server.close();
    }
  }

  it('has what was stored at one moment, while more is written', async () => {
    let done = false;
    let at = 0;
    const writing = (async () => {
      // Row after row gets the next number: of any moment, the rows before one place have one more than those behind it.
      for (; !done; at++)
        await rows(client).updateOne({ _id: at % ROWS }, { $set: { n: Math.floor(at / ROWS) + 1 } });
    })();
    const before = at;
    for (let round = 0; round < 3; round++) await backUpEmbeddedMongo(path('data'), path(`copy ${round}`));
    done = true;
    await writing;
    let last = before;
    for (let round = 0; round < 3; round++) {
      const all = await stored(path(`copy ${round}`));
      const written = all.reduce((sum, n) => sum + n, 0);
      expect(all).toEqual(all.map((_, id) => Math.max(0, Math.ceil((written - id) / ROWS))));
      expect(written).toBeGreaterThanOrEqual(last);
      last = written;
    }
    expect(last).toBeLessThanOrEqual(at);
  });

  it('takes a file that grows meanwhile for whole', async () => {
    let done = false;
    const growing = (async () => {
      for (let at = 0; !done; at++)
        await client
          .db('test')
          .collection('growing')
          .insertOne({ at, filling: 'x'.repeat(20_000) });
    })();
    try {
      for (let looks = 0; looks < 300; looks++) await checkDataFile(join(path('data'), 'data.mdb'));
    } finally {
      done = true;
      await growing;
      await client.db('test').collection('growing').drop();
    }
  });

  it('is made by the command, of data that nobody uses or that this process uses', async () => {
    const server = await startEmbeddedMongo({ dataDir: path('copy 0') });
    await backUpEmbeddedMongo(path('copy 0'), path('of its own'));
    const reader = await new mongo.MongoClient(server.uri).connect();
    expect(await rows(reader).countDocuments()).toBeGreaterThanOrEqual(ROWS);
    await reader.close();
    await server.close();
    const command = spawn(process.execPath, [MAIN, '--data', path('of its own'), '--backup', path('again')]);
    expect(await once(command, 'exit')).toEqual([0, null]);
    expect((await readdir(path('again'))).sort()).toEqual(['data.mdb', 'embedded-mongo.format']);
    expect((await stat(path('again'))).mode & 0o777).toBe(0o700);
  });

  it('that is killed at any moment is none, or whole', async () => {
    const ends = new Set<string>();
    for (let round = 0; round < 12; round++) {
      const to = path(`killed ${round}`);
      const command = spawn(process.execPath, [MAIN, '--data', path('data'), '--backup', to]);
      const exit = once(command, 'exit');
      // Each is killed a little later in its work than the one before.
      const steps = round % 6;
      await eachStep(to, steps, () => command.exitCode !== null);
      command.kill('SIGKILL');
      await exit;
      const files = await readdir(to).catch(() => []);
      const marker = await readFile(join(to, 'embedded-mongo.format'), 'utf8').catch(() => '');
      if (marker === 'embedded-mongo 1\n') {
        ends.add('whole');
        await stored(to);
      } else if (files.length > 0) {
        ends.add('refused');
        const message = /a backup that was not finished: remove it|holds other files/;
        await expect(startEmbeddedMongo({ dataDir: to })).rejects.toThrow(message);
        await expect(backUpEmbeddedMongo(path('data'), to)).rejects.toThrow(/is not empty/);
        await expect(backUpEmbeddedMongo(to, path('never'))).rejects.toThrow(/not finished|holds no data/);
      }
    }
    expect(ends).toContain('refused');
    // The killed ones had a place as readers; the server goes on.
    await rows(client).updateOne({ _id: 1 }, { $inc: { n: 1 } });
  });

  it('is refused in one sentence where there is something, or nothing to back up', async () => {
    await mkdir(path('full'));
    await writeFile(path('full/file'), 'precious');
    await expect(backUpEmbeddedMongo(path('data'), path('full'))).rejects.toThrow(
      `${path('full')} is not empty: choose an empty directory for the backup`,
    );
    expect(await readdir(path('full'))).toEqual(['file']);
    await expect(backUpEmbeddedMongo(path('data'), path('full/file'))).rejects.toThrow(
      /^cannot back up .*EEXIST/,
    );
    await expect(backUpEmbeddedMongo(path('nothing'), path('new'))).rejects.toThrow(
      `${path('nothing')} holds no data of the embedded MongoDB`,
    );
    await expect(readdir(path('new'))).rejects.toThrow(/ENOENT/);
    await expect(readdir(path('nothing'))).rejects.toThrow(/ENOENT/);
  });
});

/** Waits until a backup has come so far: its directory, its mark, its file, some of it, all of it. */
async function eachStep(to: string, steps: number, ended: () => boolean): Promise<void> {
  const size = async (): Promise<number> =>
    (await stat(join(to, 'data.mdb')).catch(() => ({ size: -1 }))).size;
  const reached = [
    async () => (await stat(to).catch(() => undefined)) !== undefined,
    async () => (await readdir(to)).includes('embedded-mongo.format'),
    async () => (await size()) >= 0,
    async () => (await size()) > 0,
    async () => (await size()) > 1_000_000,
  ];
  for (const step of reached.slice(0, steps))
    while (!(await step()) && !ended()) await new Promise(setImmediate);
}
