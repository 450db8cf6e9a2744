import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { TestProcess, startApi, startProcess } from '../support/processes';

describe('the command backup', () => {
  let directory: string;
  const processes: TestProcess[] = [];
  beforeEach(async () => (directory = await makeDirectory()));
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((process) => process.stop('SIGKILL')));
    await removeDirectory(directory);
  });
  const kept = <P extends TestProcess>(process: P): P => {
    processes.push(process);
    return process;
  };
  const path = (name: string): string => join(directory, name);
  const backup = async (env: Record<string, string>, to: string): Promise<[number | null, string]> => {
    const child = kept(startProcess(process.execPath, ['dist/main.js', 'backup', to], env));
    return [(await child.exited).code, child.output()];
  };

  it('copies the database of a running application, which a start then restores', async () => {
    const env = { DATA_DIR: path('data') };
    const api = kept(await startApi(env));
    const json = heartbeat({ name: 'kept' });
    const { description: id } = (await api.request('POST', HEARTBEATS, { json })).json as {
      description: string;
    };
    expect(await backup(env, path('copy'))).toEqual([
      0,
      `backed up: start with DATA_DIR=${path('copy')} to restore\n`,
    ]);
    await api.request('DELETE', `${HEARTBEATS}/${id}`);
    await api.stop();
    await rm(path('data'), { recursive: true });
    const restored = kept(await startApi({ DATA_DIR: path('copy') }));
    const answer = await restored.request('GET', `${HEARTBEATS}/${id}`);
    expect(answer).toMatchObject({ status: 200, json: { name: 'kept' } });
  });

  it('says in a sentence why it cannot', async () => {
    const env = { DATA_DIR: path('data') };
    expect(await backup(env, path('copy'))).toEqual([
      1,
      `${path('data')} holds no data of the embedded MongoDB\n`,
    ]);
    await writeFile(path('mine'), '');
    expect(await backup({ ...env, MONGODB_URI: 'mongodb://127.0.0.1/canopsis' }, path('copy'))).toEqual([
      1,
      'MONGODB_URI is set, and backup copies the embedded database alone: make a backup of that MongoDB with mongodump\n',
    ]);
    expect(await readdir(directory)).toEqual(['mine']);
  });
});
