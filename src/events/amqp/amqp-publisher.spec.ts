import type { ConfirmChannel } from 'amqplib';
import { at } from '../../../test/support/at';
import type { AmqpLink } from './amqp-link';
import { AmqpPublisher } from './amqp-publisher';
import { PUBLISH_LIMIT_MS } from '../event-transport';

describe('AmqpPublisher', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A publisher on a broker that keeps its confirms to itself. */
  function onSlowBroker(): { publisher: AmqpPublisher; confirms: ((error?: Error) => void)[] } {
    const confirms: ((error?: Error) => void)[] = [];
    const publish = (...args: unknown[]): void => void confirms.push(args.at(-1) as (error?: Error) => void);
    const channel = { publish } as unknown as ConfirmChannel;
    const link = {
      ...{ channel, whenOpen: () => Promise.resolve(channel), endOf: () => undefined },
      worked: () => undefined,
    } as unknown as AmqpLink;
    return { publisher: new AmqpPublisher(link, 'exchange'), confirms };
  }

  it('takes an alarm for under way, however long the confirm takes', async () => {
    const { publisher, confirms } = onSlowBroker();
    const sent = publisher.publishOnce('{}', 'key', {});
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(confirms).toHaveLength(1);
    at(confirms, 0)();
    await expect(sent).resolves.toBeUndefined();
  });

  it('has not sent an alarm whose channel was closed before the confirm, and leaves it to the caller to send it again', async () => {
    const { publisher, confirms } = onSlowBroker();
    const sent = expect(publisher.publishOnce('{}', 'key', {})).rejects.toThrow('channel closed');
    await jest.advanceTimersByTimeAsync(0);
    at(confirms, 0)(new Error('channel closed'));
    await sent;
    expect(confirms).toHaveLength(1);
  });

  it('says of an alarm that the broker nacked what happened and what to do', async () => {
    const { publisher, confirms } = onSlowBroker();
    const sent = expect(publisher.publishOnce('{}', 'key', {})).rejects.toMatchObject({
      ...{ name: 'MessageRefusedError', forGood: false },
      message: expect.stringMatching(/^message nacked; a queue .* takes no more.*raise its limit/) as string,
    });
    await jest.advanceTimersByTimeAsync(0);
    at(confirms, 0)(new Error('message nacked'));
    await sent;
  });

  it('refuses an event that is not confirmed in time', async () => {
    const { publisher, confirms } = onSlowBroker();
    const event = expect(publisher.publish('{}', 'key')).rejects.toThrow('no answer');
    await jest.advanceTimersByTimeAsync(PUBLISH_LIMIT_MS);
    await event;
    expect(confirms).toHaveLength(1);
  });
});
