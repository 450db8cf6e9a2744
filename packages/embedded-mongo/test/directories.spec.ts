import { mongo } from 'mongoose';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backUpEmbeddedMongo, startEmbeddedMongo } from '../src';
import { temporaryDirectory } from './support';

const isRoot = process.getuid?.() === 0;
/** Who owns nothing; a user whose rights are checked, where these tests run as root. */
const NOBODY = 65_534;

/** Runs the command until it has written something. @returns its standard output and error */
async function runAsOther(dataDir: string): Promise<string> {
  const main = join(__dirname, '../dist/main.js');
  const ids = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const child = spawn(process.execPath, [main, '--data', dataDir], { ...ids, cwd: '/' });
  const ended = once(child, 'exit');
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      child.kill();
    });
  }
  await ended;
  return text;
}

describe('the directory of the embedded MongoDB', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    await chmod(directory.path, 0o755);
  });
  afterEach(() => directory.remove());

  const works = async (dataDir: string): Promise<void> => {
    const server = await startEmbeddedMongo({ dataDir });
    const client = await new mongo.MongoClient(server.uri, { serverSelectionTimeoutMS: 2_000 }).connect();
    await client.db('test').collection('a').insertOne({ a: 1 });
    await client.close();
    await server.close();
  };

  it('may hold what the file system puts there', async () => {
    await mkdir(join(directory.path, 'lost+found'), { mode: 0o700 });
    await works(directory.path);
    await works(directory.path);
  });

  it('is left as it is, and refused, where nothing may be made and there is no data', async () => {
    const without = (dataDir: string): Promise<unknown> => startEmbeddedMongo({ dataDir, create: false });
    for (const dataDir of [directory.path, join(directory.path, 'missing')])
      await expect(without(dataDir)).rejects.toThrow(`${dataDir} holds no data of the embedded MongoDB`);
    expect(await readdir(directory.path)).toEqual([]);
    await works(directory.path);
    const server = await startEmbeddedMongo({ dataDir: directory.path, create: false });
    await server.close();
  });

  it.each(['a%2Fb', '50%', '%', 'ä ö', 'a?b#c@d:e'])('may be named %j', (name) =>
    works(join(directory.path, name)),
  );

  it('is begun anew where the disk was full when it was begun', async () => {
    await writeFile(join(directory.path, 'embedded-mongo.format'), 'embedded');
    await works(directory.path);
  });

  it('is refused where a part of its path is a link that leads nowhere, by the name of that', async () => {
    const link = join(directory.path, 'link');
    await symlink('nowhere', link);
    await expect(startEmbeddedMongo({ dataDir: join(link, 'data') })).rejects.toThrow(
      `cannot use ${link}: it is a link to nowhere, which does not exist`,
    );
    expect(await readdir(directory.path)).toEqual(['link']);
  });

  it('is refused, and left as it is, where its data came without the file that says whose it is', async () => {
    await works(directory.path);
    const marker = join(directory.path, 'embedded-mongo.format');
    const text = await readFile(marker);
    await rm(marker);
    const before = (await readdir(directory.path)).sort();
    const problem =
      /holds data\.mdb, but not embedded-mongo\.format, .*: copy that file too from where the data/;
    await expect(startEmbeddedMongo({ dataDir: directory.path })).rejects.toThrow(problem);
    await expect(startEmbeddedMongo({ dataDir: directory.path, create: false })).rejects.toThrow(problem);
    await expect(backUpEmbeddedMongo(directory.path, join(directory.path, 'to'))).rejects.toThrow(problem);
    expect((await readdir(directory.path)).sort()).toEqual(before);
    await writeFile(marker, text);
    await works(directory.path);
  });

  it.each<[string, (path: string) => Promise<string>, RegExp]>([
    [
      'a file',
      async (path) => {
        await writeFile(join(path, 'file'), '');
        return join(path, 'file');
      },
      /file: there is a file of that name: choose another directory \(EEXIST\)$/,
    ],
    [
      'below a file',
      async (path) => {
        await writeFile(join(path, 'file'), '');
        return join(path, 'file', 'below');
      },
      /below: a part of its path is no directory: choose another directory \(ENOTDIR\)$/,
    ],
    [
      'a loop of links',
      async (path) => {
        await symlink('loop', join(path, 'loop'));
        return join(path, 'loop', 'data');
      },
      /its path is a loop of links: choose another directory \(ELOOP\)$/,
    ],
    [
      'one with a directory in place of a file',
      async (path) => {
        await works(path);
        await rm(join(path, 'lock.mdb'));
        await mkdir(join(path, 'lock.mdb'));
        return path;
      },
      /it holds a directory where a file of the database should be: choose another directory \(EISDIR\)$/,
    ],
    ['where no directory can be', () => Promise.resolve('/proc/none/data'), /\((ENOENT|EACCES|EPERM)\)$/],
    [
      'a link that leads nowhere',
      async (path) => {
        await symlink('nowhere', join(path, 'link'));
        return join(path, 'link');
      },
      /link: it is a link to nowhere, which does not exist: make that directory, or choose another directory$/,
    ],
    [
      'a link to itself',
      async (path) => {
        await symlink('loop', join(path, 'loop'));
        return join(path, 'loop');
      },
      /its path is a loop of links: choose another directory \(ELOOP\)$/,
    ],
  ])('is refused in one sentence where it is %s', async (_what, make, problem) => {
    const dataDir = await make(directory.path);
    const start = startEmbeddedMongo({ dataDir });
    await expect(start).rejects.toMatchObject({
      name: 'EmbeddedMongoError',
      message: expect.stringContaining(`the embedded MongoDB cannot use ${dataDir}: `) as string,
    });
    await expect(start).rejects.toThrow(problem);
  });

  it.each(['', 'data'])('is refused in one sentence where nothing may be written: "%s"', async (below) => {
    await chmod(directory.path, 0o555);
    const dataDir = join(directory.path, below);
    expect(await runAsOther(dataDir)).toMatch(
      /^the embedded MongoDB cannot use \/.*: user \d+ may not write there: make the directory theirs \(chown\), or choose another directory \(EACCES\)\n$/,
    );
  });

  (isRoot ? it : it.skip)(
    'may belong to another user who lets the group in, as a volume of Kubernetes',
    async () => {
      await chown(directory.path, 0, NOBODY);
      await chmod(directory.path, 0o2775);
      expect(await runAsOther(directory.path)).toMatch(/^mongodb:\/\/\S+\n$/);
    },
  );
});
