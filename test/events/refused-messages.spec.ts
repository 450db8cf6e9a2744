import { MessageRefusedError } from '../../src/events/event-transport';
import { AmqpTransport } from '../../src/events/amqp/amqp.transport';
import { OwnBroker } from '../support/own-broker';
import { captureLog, describeWith } from './broker';
import { eventually } from '../support/eventually';

/** The most that the broker takes here, in bytes. */
const LARGEST = 20_000;

describeWith('RABBITMQ_START', 'an alarm that the broker refuses', (startScript) => {
  let broker: OwnBroker;
  let transport: AmqpTransport;

  beforeAll(async () => {
    captureLog();
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
});
