import { connect } from 'amqplib';
import { join } from 'node:path';
import { describeWith } from '../events/broker';
import { makeDirectory, removeDirectory } from '../support/directory';
import { OwnBroker } from '../support/own-broker';
import { type ApiProcess, startApi, startProcess } from '../support/processes';
import { TEST_LIMIT_MS, waitFor } from './support/wait-for';

const PASSWORD = 'pâss/wörd@#%25';

jest.setTimeout(TEST_LIMIT_MS);

describeWith('RABBITMQ_START', 'what a broker has already', (startScript) => {
  let broker: OwnBroker;
  let dataDir: string;
  let app: ApiProcess | undefined;

  beforeAll(async () => {
    broker = await OwnBroker.start(startScript);
    await broker.control('add_user', 'kept-small', PASSWORD);
  });
  afterAll(() => broker.remove());
  beforeEach(async () => {
    dataDir = await makeDirectory();
  });
  afterEach(async () => {
    await app?.stop('SIGKILL');
    app = undefined;
    await removeDirectory(dataDir);
  });

  /** A virtual host of its own. @returns its URL for guest */
  async function virtualHost(name: string): Promise<string> {
    await broker.control('add_vhost', name);
    await broker.control('set_permissions', '-p', name, 'guest', '.*', '.*', '.*');
    return `${broker.url}/${name}`;
  }

  async function check(url: string): Promise<string> {
    const checked = startProcess(process.execPath, ['dist/main.js', 'check'], {
      ...{ AMQP_URL: url, DATA_DIR: dataDir, HEARTBEAT_USERS: 'root:root', PORT: '0' },
    });
    await checked.exited;
    return (
      checked
        .output()
        .split('\n')
        .find((line) => line.startsWith('RabbitMQ')) ?? checked.output()
    );
  }

  async function expectToWork(url: string): Promise<void> {
    expect(await check(url)).toBe('RabbitMQ: ok');
    const running = await startApi({ AMQP_URL: url, DATA_DIR: dataDir, HEARTBEAT_USERS: 'root:root' });
    app = running;
    let ready: unknown;
    const isReady = async (): Promise<boolean> => {
      ready = (await running.request('GET', '/health/ready')).json;
      return JSON.stringify(ready) === '{"status":"ok"}';
    };
    await waitFor('readiness', isReady, () => ready);
  }

  async function made(url: string, type: string, args: object = {}): Promise<void> {
    const connection = await connect(url);
    const channel = await connection.createChannel();
    await channel.assertExchange('canopsis.events', type, { durable: true });
    await channel.assertQueue('Engine_heartbeat', { durable: true, ...args });
    await channel.bindQueue('Engine_heartbeat', 'canopsis.events', '#');
    await connection.close();
  }

  it('is used as it is: another type of exchange that hands all on, a queue with arguments', async () => {
    const url = await virtualHost('otherwise');
    await made(url, 'fanout', { messageTtl: 60_000, maxLength: 1_000 });
    await expectToWork(url);
  });

  it('is used by a user who may declare nothing, and whose password has letters beyond ASCII', async () => {
    await made(await virtualHost('small'), 'topic');
    await broker.control(
      ...['set_permissions', '-p', 'small', 'kept-small', '^$', '^canopsis\\.events$', '^Engine_heartbeat$'],
    );
    await expectToWork(`${broker.urlFor('kept-small', encodeURIComponent(PASSWORD))}/small`);
  });

  it('is not bound, and may not be: the log of a start says so once, and what to do', async () => {
    const url = await virtualHost('unbound');
    await made(url, 'topic');
    const connection = await connect(url);
    const channel = await connection.createChannel();
    await channel.unbindQueue('Engine_heartbeat', 'canopsis.events', '#');
    await broker.control(
      ...[
        'set_permissions',
        '-p',
        'unbound',
        'kept-small',
        '^$',
        '^canopsis\\.events$',
        '^Engine_heartbeat$',
      ],
    );
    const limited = `${broker.urlFor('kept-small', encodeURIComponent(PASSWORD))}/unbound`;
    const running = await startApi({ AMQP_URL: limited, DATA_DIR: dataDir, HEARTBEAT_USERS: 'root:root' });
    app = running;
    const isDegraded = async (): Promise<boolean> =>
      JSON.stringify((await running.request('GET', '/health/ready')).json) === '{"status":"degraded"}';
    await running.request('POST', '/api/v2/heartbeat', {
      json: { pattern: { connector: 'c' }, expected_interval: '1s' },
    });
    await waitFor('blindness', isDegraded, () => running.output());
    const lines = running.output().split('\n');
    expect(lines.filter((line) => line.includes('may not be bound'))).toEqual([
      expect.stringMatching(
        /"level":40.*Engine_heartbeat may not be bound to it: .*ACCESS.REFUSED.*bind it with #/,
      ),
    ]);
    await channel.bindQueue('Engine_heartbeat', 'canopsis.events', '#');
    await connection.close();
    await waitFor(
      'readiness',
      async () => !(await isDegraded()),
      () => running.output(),
    );
  });

  it('is refused by the check where nothing can come through it, or it may not be made', async () => {
    const direct = await virtualHost('direct');
    await made(direct, 'direct');
    expect(await check(direct)).toMatch(
      /exchange canopsis\.events exists, but of another kind.*AMQP_EXCHANGE/,
    );
    await virtualHost('empty');
    await broker.control('set_permissions', '-p', 'empty', 'kept-small', '^$', '.*', '.*');
    expect(await check(`${broker.urlFor('kept-small', encodeURIComponent(PASSWORD))}/empty`)).toMatch(
      /does not exist, and may not be made.*ACCESS.REFUSED.*permission configure/,
    );
    expect(await check(`${broker.url}/nowhere`)).toMatch(/virtual host nowhere/);
  });

  it('is said to be read by nobody where no engine is, not by an engine that may not read it, which says that', async () => {
    const url = await virtualHost('unread');
    await broker.control('set_permissions', '-p', 'unread', 'kept-small', '.*', '.*', '^$');
    const env = { HEARTBEAT_USERS: 'root:root', PORT: '0' };
    const engine = startProcess(process.execPath, ['dist/main.js'], {
      ...env,
      AMQP_URL: `${broker.urlFor('kept-small', encodeURIComponent(PASSWORD))}/unread`,
      DATA_DIR: join(dataDir, 'engine'),
    });
    try {
      await engine.says(/publishing connection to the broker is up/);
      await engine.says(/cannot be used.*lacks a permission/);
      // Whoever looks has looked as often by the time that another, which started later, says so.
      app = await startApi({ ...env, AMQP_URL: url, DATA_DIR: join(dataDir, 'api'), ROLE: 'api' });
      await app.says(/nobody consumes the queue Engine_heartbeat.*start an engine/);
      expect(engine.output()).not.toContain('nobody consumes');
    } finally {
      await engine.stop('SIGKILL');
    }
  });

  it('is not added to by the check: a queue that nobody reads would fill', async () => {
    const url = await virtualHost('clean');
    expect(await check(url)).toBe('RabbitMQ: ok');
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    await expect(channel.checkQueue('Engine_heartbeat')).rejects.toThrow(/NOT_FOUND/);
    await connection.close();
  });
});
