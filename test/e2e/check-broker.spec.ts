import { connect, type Channel, type ChannelModel } from 'amqplib';
import { describeWith } from '../events/broker';
import { makeDirectory, removeDirectory } from '../support/directory';
import { OwnBroker } from '../support/own-broker';
import { startProcess, type TestProcess } from '../support/processes';

/** The check that the command itself sends is in the queue, too, as it is while an engine runs. */
const CHECKS = 1;

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
  async function check(url = broker.url): Promise<[number | null, string]> {
    const env = { AMQP_URL: url, DATA_DIR: directory, HEARTBEAT_USERS: 'root:root', PORT: '0' };
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

  describe('where the queue is there', () => {
    let connection: ChannelModel;
    let channel: Channel;
    beforeEach(async () => {
      connection = await connect(broker.url);
      channel = await connection.createChannel();
      await channel.assertExchange('canopsis.events', 'topic', { durable: true });
      await channel.assertQueue('Engine_heartbeat', { durable: true });
    });
    afterEach(async () => {
      await channel.deleteQueue('Engine_heartbeat');
      await connection.close();
    });

    it('says that nothing comes to it where it is not bound, and may not be', async () => {
      await broker.control('add_user', 'limited', 'limited');
      const rights = ['^$', '^canopsis\\.events$', '^Engine_heartbeat$'];
      await broker.control('set_permissions', 'limited', ...rights);
      const limited = broker.urlFor('limited', 'limited');
      const [code, said] = await check(limited);
      expect([code, said]).toEqual([
        1,
        expect.stringMatching(/^what is sent to the exchange canopsis\.events comes/),
      ]);
      expect(said).toMatch(/Engine_heartbeat may not be bound to it: .*ACCESS.REFUSED.*; bind it with #/);
      await channel.bindQueue('Engine_heartbeat', 'canopsis.events', '#');
      expect(await check(limited)).toEqual([0, 'ok']);
    });

    it('says so where somebody has it for himself, and gives back what waits in it', async () => {
      channel.sendToQueue('Engine_heartbeat', Buffer.from('{}'));
      await channel.checkQueue('Engine_heartbeat');
      expect(await check()).toEqual([0, 'ok']);
      expect((await channel.checkQueue('Engine_heartbeat')).messageCount).toBe(1 + CHECKS);
      await channel.consume('Engine_heartbeat', () => undefined, { exclusive: true });
      const [code, said] = await check();
      expect([code, said]).toEqual([
        1,
        expect.stringMatching(/exclusive use.*; somebody else has the queue for itself/),
      ]);
    });
  });
});
