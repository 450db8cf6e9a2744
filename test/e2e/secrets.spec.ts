import { HEARTBEATS, heartbeat } from '../support/canopsis';
import { makeDirectory, removeDirectory } from '../support/directory';
import { TestProcess, startApi, startProcess } from '../support/processes';

const SECRET = 'hunter2-hunter2';

describe('secrets never reach the log', () => {
  let dataDir: string;
  let child: TestProcess | undefined;
  beforeEach(async () => {
    dataDir = await makeDirectory();
  });
  afterEach(async () => {
    await child?.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  it('with everything logged, in any answer or error', async () => {
    const env = { DATA_DIR: dataDir, LOG_LEVEL: 'verbose', HEARTBEAT_USERS: `admin:${SECRET}` };
    const api = await startApi(env);
    child = api;
    const auth = `admin:${SECRET}`;
    await api.request('GET', HEARTBEATS, { auth });
    await api.request('POST', HEARTBEATS, { auth, json: heartbeat() });
    await api.request('POST', HEARTBEATS, {
      auth,
      body: '{',
      headers: { 'Content-Type': 'application/json' },
    });
    await api.request('GET', '/%', { auth });
    await api.request('GET', HEARTBEATS, { auth: `${auth}x` });
    await api.stop();
    for (const text of [SECRET, Buffer.from(auth).toString('base64')])
      expect(api.output()).not.toContain(text);
  });

  /** Connection strings that the driver can make nothing of: nothing to retry. */
  it.each([
    `mongodb://user:${SECRET}@`,
    `mongodb://user:${SECRET}@host/?maxPoolSize=${SECRET}`,
    `user:${SECRET}@host`,
  ])('with the unusable connection string %s: it says so and ends', async (MONGODB_URI) => {
    child = startProcess(process.execPath, ['dist/main.js'], {
      PORT: '0',
      LOG_LEVEL: 'verbose',
      MONGODB_URI,
    });
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.output()).toContain('MONGODB_URI');
    expect(child.output()).not.toContain(SECRET);
    expect(child.output()).not.toMatch(/^ +at /m);
  });

  it.each([
    `mongodb://user:${SECRET}@127.0.0.1:1`,
    `mongodb+srv://user:${SECRET}@host`,
    `mongodb://user:${SECRET}@127.0.0.1:1,127.0.0.1:2/?replicaSet=rs`,
  ])('while no database answers at %s', async (MONGODB_URI) => {
    const api = await startApi({ LOG_LEVEL: 'verbose', MONGODB_URI });
    child = api;
    expect((await api.request('GET', HEARTBEATS)).status).toBe(400);
    await api.says(/no database yet/);
    await api.stop();
    expect(api.output()).not.toContain(SECRET);
  });
});
