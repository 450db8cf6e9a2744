import { execFileSync } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, removeDirectory } from '../support/directory';
import { startProcess } from '../support/processes';

describe('the command check, on the embedded database', () => {
  let directory: string;
  beforeEach(async () => (directory = await makeDirectory()));
  afterEach(() => removeDirectory(directory));

  const path = (name: string): string => join(directory, name);
  /** @returns the exit code, and what is said of the database */
  const check = async (DATA_DIR: string): Promise<[number | null, string]> => {
    const child = startProcess(process.execPath, ['dist/main.js', 'check'], { PORT: '0', DATA_DIR });
    const { code } = await child.exited;
    return [code, /^embedded database: (.*)$/m.exec(child.output())?.[1] ?? child.output()];
  };
  const fresh = (dataDir: string): string => `ok (there is no data in ${dataDir} yet; a start can make it)`;

  it('says that there is no data yet, and leaves nothing behind', async () => {
    expect(await check(path('a/b'))).toEqual([0, fresh(path('a/b'))]);
    await mkdir(path('empty'));
    expect(await check(path('empty'))).toEqual([0, fresh(path('empty'))]);
    expect([await readdir(directory), await readdir(path('empty'))]).toEqual([['empty'], []]);
  });

  it('says that the data is fine, and leaves it as it is', async () => {
    const file = path('none.jsonl');
    await writeFile(file, '');
    const env = { DATA_DIR: path('data') };
    await startProcess(process.execPath, ['dist/main.js', 'import', file], env).exited;
    const before = await readdir(path('data'));
    expect(await check(path('data'))).toEqual([0, 'ok']);
    expect(await readdir(path('data'))).toEqual(before);
  });

  it('says what stands in the way, naming the directory that was given', async () => {
    await writeFile(path('file'), '');
    await symlink(path('nowhere'), path('link'));
    await mkdir(path('foreign'));
    await writeFile(path('foreign/mine'), '');
    for (const [name, problem] of [
      ['file/data', 'a part of its path is no directory'],
      ['file', 'there is a file of that name'],
      ['link', 'it is a link to'],
      ['foreign', 'holds other files, and no data of the embedded MongoDB'],
    ] as const) {
      const [code, said] = await check(path(name));
      expect([code, said]).toEqual([1, expect.stringContaining(problem)]);
      expect(said).toContain(`${path(name)}`);
    }
    expect((await readdir(directory)).sort()).toEqual(['file', 'foreign', 'link']);
  });

  it('ends where nobody writes into the pipe that is named as the file of users, and says so', async () => {
    execFileSync('mkfifo', [path('users')]);
    const env = { PORT: '0', DATA_DIR: path('data'), HEARTBEAT_USERS_FILE: path('users') };
    const child = startProcess(process.execPath, ['dist/main.js', 'check'], env);
    expect((await child.exited).code).toBe(1);
    expect(child.output()).toMatch(
      /^users: HEARTBEAT_USERS_FILE, .*no regular file.*did not end within 10 s/m,
    );
  });
});
