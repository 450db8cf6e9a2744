import { connect } from 'amqplib';
import { describeWith } from '../events/broker';
import { makeDirectory, removeDirectory } from '../support/directory';
import { OwnBroker } from '../support/own-broker';
import { startProcess, type TestProcess } from '../support/processes';

describeWith('RABBITMQ_START', 'the command check, at a broker', (startScript) => {
  let broker: OwnBroker;
  let directory: string;
  let checked: TestProcess;
  beforeAll(async () => (broker = await OwnBroker.start(startScript)));
  afterAll(() => broker.remove());
  beforeEach(async () => (directory = await makeDirectory()));
  afterEach(async () => {
    await checked.stop('SIGKILL');
    await removeDirectory(directory);
  });

  /** @returns the exit code, and what is said of the broker */
  async function check(): Promise<[number | null, string]> {
    const env = { AMQP_URL: broker.url, DATA_DIR: directory, HEARTBEAT_USERS: 'root:root', PORT: '0' };
    checked = startProcess(process.execPath, ['dist/main.js', 'check'], env);
    const { code } = await checked.exited;
    return [code, /^RabbitMQ: (.*)$/m.exec(checked.output())?.[1] ?? checked.output()];
  }

  async function hasQueue(): Promise<boolean> {
    const connection = await connect(broker.url);
    connection.on('error', () => undefined);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const found = await channel.checkQueue('Engine_heartbeat').then(
      () => true,
      () => false,
    );
    await connection.close();
    return found;
  }

  it('ends where the broker holds back who publishes, says so, and removes the queue that it made', async () => {
    await broker.control('set_vm_memory_high_watermark', 'absolute', '1000000');
    expect(await check()).toEqual([1, 'The broker takes no messages for now: it lacks memory or disk space']);
    expect(await hasQueue()).toBe(false);

    await broker.control('set_vm_memory_high_watermark', '0.6');
    expect(await check()).toEqual([0, 'ok']);
    expect(await hasQueue()).toBe(false);
  });
});
