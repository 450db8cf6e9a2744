import { connect } from 'amqplib';
import { MessageRefusedError } from '../../src/events/event-transport';
import { AmqpTransport } from '../../src/events/amqp/amqp.transport';
import { OwnBroker } from '../support/own-broker';
import { anEvent, captureLog, describeWith } from './broker';
import { eventually } from '../support/eventually';

/** The most that the broker takes here, in bytes. */
const LARGEST = 20_000;

describeWith('RABBITMQ_START', 'a message that the broker refuses', (startScript) => {
  let broker: OwnBroker;
  let transport: AmqpTransport;
  let log: string[];

  beforeAll(async () => {
    log = captureLog();
    broker = await OwnBroker.start(startScript);
    await broker.control(
      'eval',
      `application:set_env(rabbit, max_message_size, ${LARGEST}), persistent_term:put(max_message_size, ${LARGEST}).`,
    );
    await broker.control('add_user', 'narrow', 'narrow');
    await broker.control('set_permissions', 'narrow', '.*', '.*', '.*');
    await broker.control('set_topic_permissions', 'narrow', 'canopsis.events', '^(?!.*forbidden)', '.*');
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await broker.remove();
  });
  beforeEach(async () => {
    log.length = 0;
    transport = new AmqpTransport({ url: broker.urlFor('narrow', 'narrow') });
    transport.start();
    await eventually(() => transport.status === 'up');
  });
  afterEach(() => transport.close());

  /** @returns of each alarm what became of it */
  const published = (
    alarms: readonly (readonly [string, number])[],
  ): Promise<(true | MessageRefusedError | Error)[]> =>
    Promise.all(
      alarms.map(([key, length]) =>
        transport.publishAlarm(JSON.stringify({ output: 'x'.repeat(length), key }), `heartbeat.${key}`).then(
          () => true as const,
          (error: Error) => error,
        ),
      ),
    );

  it.each([
    ['is too large', ['big', LARGEST] as const, true],
    ['is far too large', ['huge', 100_000] as const, true],
    ['has a routing key that the user may not write', ['forbidden', 1] as const, false],
  ])('because it %s is found among others, which go out', async (_why, refused, forGood) => {
    const others = Array.from({ length: 20 }, (_, n) => [`a${n}`, 10] as const);
    const all = [...others.slice(0, 10), refused, ...others.slice(10)];
    let left = all;
    let last: unknown[] = [];
    // The channel is closed over it once, which leaves open over which: at the second attempt each is alone.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      last = await published(left);
      left = left.filter((_, at) => last[at] !== true);
    }
    expect(left).toEqual([refused]);
    const [error] = await published(left);
    expect(error).toMatchObject({ name: 'MessageRefusedError', forGood });
    // Those that come now are not kept waiting by it.
    expect(await published(others)).toEqual(others.map(() => true));
  });

  it('because a queue is full is told with what to do', async () => {
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    const full = { arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' } };
    await channel.assertQueue('full', full);
    await channel.bindQueue('full', 'canopsis.events', '#');
    try {
      await eventually(async () => (await published([['a', 1]]))[0] !== true);
      const [error] = await published([['a', 1]]);
      expect(error).toMatchObject({
        ...{ name: 'MessageRefusedError', forGood: false },
        message: expect.stringMatching(/^message nacked; a queue .*empty that queue/) as string,
      });
    } finally {
      await channel.deleteQueue('full');
      await connection.close();
    }
  });

  const REFUSED = /^error: The broker cannot be used.*ACCESS_REFUSED.*set_permissions/;
  const UP = /^log: The publishing connection to the broker is up$/;
  const told = (): number[] => [REFUSED, UP].map((which) => log.filter((line) => which.test(line)).length);

  it('for its routing key is told once, however often it comes, and closes nothing of others again', async () => {
    const refused = (): Promise<void> =>
      expect(transport.publish(anEvent({ component: 'forbidden' }))).rejects.toThrow('ACCESS_REFUSED');
    await refused();
    await transport.publish(anEvent());
    expect(told()).toEqual([1, 2]);
    const others = [1, 2, 3].map((n) => transport.publishAlarm('{}', `heartbeat.a${n}`));
    await Promise.all([refused(), refused(), ...others]);
    await transport.publish(anEvent());
    expect(told()).toEqual([1, 2]);
    const other = anEvent({ component: 'forbidden too' });
    await expect(transport.publish(other)).rejects.toThrow('ACCESS_REFUSED');
    await transport.publish(anEvent());
    expect(told()).toEqual([2, 3]);
  });

  it('because the user may publish nothing any more is told once, until something was confirmed again', async () => {
    const mayPublish = (where: string): Promise<void> =>
      broker.control('set_permissions', 'narrow', '.*', where, '.*');
    await mayPublish('^Engine_heartbeat$');
    for (let n = 0; n < 4; n += 1) {
      await expect(transport.publish(anEvent({ component: `host${n}` }))).rejects.toThrow('ACCESS_REFUSED');
    }
    await expect(transport.publishAlarm('{}', 'heartbeat.a')).rejects.toThrow();
    expect(told()).toEqual([1, 1]);
    await mayPublish('.*');
    await transport.publish(anEvent());
    expect(told()).toEqual([1, 2]);
  });
});
