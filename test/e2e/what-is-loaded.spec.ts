import { once } from 'node:events';
import { createServer } from 'node:net';
import { callOverHttp } from '../../src/testing/http-call';
import { send } from '../support/application';
import { makeDirectory, removeDirectory } from '../support/directory';
import { TestProcess, startProcess } from '../support/processes';

describe('the program, where packages cannot be loaded', () => {
  let dataDir: string;
  let child: TestProcess;
  beforeEach(async () => {
    dataDir = await makeDirectory();
  });
  afterEach(async () => {
    await child.stop('SIGKILL');
    await removeDirectory(dataDir);
  });

  const start = (refused: string, env: Record<string, string> = {}, ...words: string[]): TestProcess => {
    const args = ['--require', './test/support/refuse-packages.cjs', 'dist/main.js', ...words];
    return startProcess(process.execPath, args, {
      ...{ PORT: '0', DATA_DIR: dataDir, REFUSED_PACKAGES: refused },
      ...env,
    });
  };
  const url = async (): Promise<string> => (await child.says(/answers at (http:\S+)/))[1] ?? '';

  it('runs without lmdb, mingo and the telephone numbers of class-validator with a MongoDB of its own', async () => {
    const nobody = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as { port: number };
    child = start('lmdb mingo libphonenumber-js', { MONGODB_URI: `mongodb://127.0.0.1:${port}` });
    expect(await send(await url(), 'GET', '/health/live')).toMatchObject({ status: 200 });
    // All that a call needs is loaded, too: it is the database that does not answer.
    const answer = await send(await url(), 'GET', '/api/v2/heartbeat');
    expect(answer.text).toContain('database error');
    await new Promise((closed) => nobody.close(closed));
  });

  it('cannot use the embedded database without lmdb', async () => {
    child = start('lmdb');
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.output()).toContain("Cannot find module 'lmdb'");
  });

  it('says in its check of packages all that is missing, and nothing of what is not needed', async () => {
    const env = { AMQP_URL: 'amqp://127.0.0.1:1' };
    child = start('embedded-mongo amqplib amqp-connection-manager', env, 'check');
    expect(await child.exited).toMatchObject({ code: 1 });
    expect(child.output()).toContain(
      'packages: A database without MONGODB_URI needs the package embedded-mongo: npm install embedded-mongo@0.1; ' +
        'RabbitMQ needs the package amqplib: npm install amqplib@0.10; ' +
        'RabbitMQ needs the package amqp-connection-manager: npm install amqp-connection-manager@5\n',
    );
    child = start('amqplib', {}, 'check');
    expect(await child.exited).toMatchObject({ code: 0 });
    expect(child.output()).toContain('packages: ok\n');
  });

  it('never computes with mingo', async () => {
    child = start('mingo');
    const base = await url();
    const json = { name: 'a', pattern: { component: 'a' }, expected_interval: '1m' };
    const event = {
      ...{ connector: 'a', connector_name: 'a', component: 'a' },
      ...{ event_type: 'check', source_type: 'component', state: 0 },
    };
    expect(await send(base, 'POST', '/api/v2/heartbeat', { json })).toMatchObject({ status: 200 });
    expect(await send(base, 'POST', '/api/v2/event', { json: event })).toMatchObject({ status: 200 });
    for (const path of [
      '/api/v2/heartbeat',
      '/api/v2/heartbeat?search=a&sort_by=name&limit=1&page=1',
      '/api/v2/heartbeat-state?state=up',
    ]) {
      const { status, text } = await send(base, 'GET', path);
      expect(`${path}: ${status} ${text}`).toMatch(/: 200 .*"_id"/);
    }
    expect(await callOverHttp(`${base}/metrics`, 'GET', 'root:root')).toMatchObject({ status: 200 });
  });
});
