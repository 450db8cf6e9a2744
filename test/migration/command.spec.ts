import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { HEARTBEATS } from '../support/canopsis';
import { TestProcess, startApi, startProcess } from '../support/processes';
import { MAX_ID_BYTES } from '../../src/heartbeat/stored-id';
import { Site, makeSite } from './support/site';

const MANY = 20_000;
const rule = (n: number): object => ({
  _id: `id-${n}`,
  // Whole numbers and `_bsontype` are keys that JavaScript and BSON treat in ways of their own.
  pattern: { connector: `c${n}`, 10: 'ten', _bsontype: 'ObjectId' },
  expected_interval: '10s',
  created: 1_600_000_000 + Math.floor(n / 8),
  updated: 1_600_000_000 + n,
  ...(n % 2 === 0 && { name: `n\u2028${n}` }),
});
const rules = (count: number): object[] => Array.from({ length: count }, (_, n) => rule(n));

describe('the commands import and export', () => {
  const sites: Site[] = [];
  const processes: TestProcess[] = [];
  const site = async (env?: Record<string, string>): Promise<Site> => {
    const made = await makeSite(env);
    sites.push(made);
    return made;
  };
  const kept = <P extends TestProcess>(process: P): P => {
    processes.push(process);
    return process;
  };
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.stop('SIGKILL')));
    await Promise.all(sites.splice(0).map((made) => made.close()));
  });

  it('report, and exit with 1 where something was refused', async () => {
    const here = await site();
    const good = await here.write('good', [rule(1), rule(2)]);
    expect(await here.run('import', good)).toEqual([0, 'imported 2, skipped 0, refused 0\n']);
    const mixed = await here.write('mixed', [rule(1), '{}', rule(3)]);
    expect(await here.run('import', mixed)).toEqual([
      1,
      'line 1: skipped: already there\nline 2: refused: _id must be a text, an ObjectId, a number or a UUID\nimported 1, skipped 1, refused 1\n',
    ]);
    expect(await here.run('export', here.path('out'))).toEqual([0, 'exported 3\n']);
    const empty = await here.write('empty', []);
    expect(await here.run('import', empty)).toEqual([0, 'imported 0, skipped 0, refused 0\n']);
  });

  it('read standard input and write standard output', async () => {
    const here = await site();
    const file = await here.write('in', [rule(1)]);
    const shell = async (line: string): Promise<[number | null, string]> => {
      const child = startProcess(
        'sh',
        ['-c', line, 'sh', process.execPath, file, here.path('err')],
        here.env,
      );
      return [(await child.exited).code, child.output()];
    };
    expect(await shell('"$1" dist/main.js import - < "$2"')).toEqual([
      0,
      'imported 1, skipped 0, refused 0\n',
    ]);
    expect(await shell('"$1" dist/main.js export - 2> "$3"')).toEqual([0, await readFile(file, 'utf8')]);
    expect(await readFile(here.path('err'), 'utf8')).toBe('exported 1\n');
  });

  it('restore all, in either dialect, and the API serves it', async () => {
    const here = await site({ HEARTBEAT_DIALECT: 'canopsis-3' });
    const longId = '/'.repeat(MAX_ID_BYTES / 3);
    await here.run('import', await here.write('in', [rule(5), { ...rule(4), _id: longId }, rule(3)]));
    expect(await here.run('export', here.path('out'))).toEqual([0, 'exported 3\n']);
    const there = await site();
    expect(await there.run('import', here.path('out'))).toEqual([0, 'imported 3, skipped 0, refused 0\n']);
    const api = kept(await startApi(there.env));
    const { json } = await api.request('GET', HEARTBEATS);
    expect(json).toHaveLength(3);
    for (const id of ['id-5', longId]) {
      const answer = await api.request('GET', `${HEARTBEATS}/${encodeURIComponent(id)}`);
      expect(answer).toMatchObject({ status: 200, json: { _id: id } });
    }
    expect((await api.request('GET', `${HEARTBEATS}/id-3`)).json).toEqual(rule(3));
  });

  it('complete an import that was killed, and give back the same bytes', async () => {
    const here = await site();
    const file = await here.write('in', ['{}', ...rules(MANY)]);
    const killed = kept(here.start('import', file));
    await killed.says(/^line 1: refused/m);
    expect(await killed.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });

    const [code, output] = await here.run('import', file);
    expect([code, output]).toEqual([1, expect.stringMatching(/^imported \d+, skipped \d+, refused 1$/m)]);
    const [, imported, skipped] = /^imported (\d+), skipped (\d+), refused 1$/m.exec(output) ?? [];
    expect(Number(imported) + Number(skipped)).toBe(MANY);
    expect(Number(imported)).toBeGreaterThan(0);
    expect(Number(skipped)).toBeGreaterThan(0);

    await here.run('export', here.path('out'));
    const bytes = await readFile(here.path('out'), 'utf8');
    const ids = bytes
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { _id: string })._id);
    expect(ids).toEqual(Array.from({ length: MANY }, (_, n) => `id-${n}`));
    const there = await site();
    await there.run('import', here.path('out'));
    await there.run('export', there.path('out'));
    expect((await readFile(there.path('out'), 'utf8')) === bytes).toBe(true);
  });

  it('never overwrite a file', async () => {
    const here = await site();
    await writeFile(here.path('mine'), 'precious');
    const answer = await here.run('export', here.path('mine'));
    expect(answer).toEqual([1, `cannot write ${here.path('mine')}: it exists, and nothing is overwritten\n`]);
    expect(await readFile(here.path('mine'), 'utf8')).toBe('precious');
  });

  it('do not begin where the file cannot be read', async () => {
    const here = await site();
    expect(await here.run('import', here.path('none'))).toEqual([
      1,
      `cannot read ${here.path('none')}: ENOENT: no such file or directory\n`,
    ]);
    expect(await here.run('import', here.path(''))).toEqual([
      1,
      expect.stringMatching(/^cannot read .*: it is a directory\n$/),
    ]);
    expect(await readdir(here.path(''))).toEqual([]);
  });

  it('export nothing, and make nothing, where there is no data', async () => {
    const here = await site();
    const empty = here.path('empty');
    await mkdir(empty);
    for (const DATA_DIR of [here.path('missing'), empty])
      for (const to of ['-', here.path('out')]) {
        const child = kept(startProcess(process.execPath, ['dist/main.js', 'export', to], { DATA_DIR }));
        expect(await child.exited).toMatchObject({ code: 1 });
        expect(child.output()).toBe(`${DATA_DIR} holds no data of the embedded MongoDB\n`);
      }
    expect([await readdir(here.path('')), await readdir(empty)]).toEqual([['empty'], []]);
  });

  it('say that a running application has the database', async () => {
    const here = await site();
    const env = { DATA_DIR: here.path('data') };
    kept(await startApi(env));
    for (const command of ['import', 'export']) {
      const file = command === 'import' ? await here.write('in', [rule(1)]) : here.path('out');
      const child = kept(startProcess(process.execPath, ['dist/main.js', command, file], env));
      expect(await child.exited).toMatchObject({ code: 1 });
      expect(child.output()).toBe(
        `${env.DATA_DIR} is in use by another process: stop the application first\n`,
      );
    }
    expect(await readdir(here.path(''))).not.toContain('out');
  });

  it.each([
    'mongodb://user:hunter2-hunter2@127.0.0.1:1',
    'mongodb+srv://user:hunter2-hunter2@host',
    'mongodb://user:hunter2-hunter2@',
  ])('end with a plain error while no database answers at %s', async (MONGODB_URI) => {
    const here = await site({ MONGODB_URI });
    for (const args of [
      ['import', await here.write('in', [rule(1)])],
      ['export', here.path('out')],
    ]) {
      const [code, output] = await here.run(...args);
      expect([code, output]).toEqual([
        1,
        expect.stringMatching(/the database failed: |MONGODB_URI cannot be used: /),
      ]);
      expect(output).not.toMatch(/hunter2|^ +at /m);
    }
    expect(await readdir(here.path(''))).toEqual(['in']);
  });
});
