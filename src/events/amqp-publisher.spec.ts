import type { ConfirmChannel } from 'amqplib';
import type { AmqpLink } from './amqp-link';
import { AmqpPublisher } from './amqp-publisher';
import { ALARM_CONFIRM_LIMIT_MS, PUBLISH_LIMIT_MS } from './event-transport';

describe('AmqpPublisher', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A publisher on a broker that keeps its confirms to itself. */
  function onSlowBroker(): { publisher: AmqpPublisher; confirms: (() => void)[] } {
    const confirms: (() => void)[] = [];
    const publish = (...args: unknown[]): void => void confirms.push(args.at(-1) as () => void);
    const channel = { publish } as unknown as ConfirmChannel;
    const link = { channel, whenOpen: () => Promise.resolve(channel) } as unknown as AmqpLink;
    return { publisher: new AmqpPublisher(link, 'exchange'), confirms };
  }

  it('waits longer for the confirm of an alarm, since sending it again would raise it twice', async () => {
    const { publisher, confirms } = onSlowBroker();
    const sent = publisher.publish({}, 'key', {}, ALARM_CONFIRM_LIMIT_MS);
    await jest.advanceTimersByTimeAsync(ALARM_CONFIRM_LIMIT_MS - 1);
    expect(confirms).toHaveLength(1);
    confirms[0]();
    await expect(sent).resolves.toBeUndefined();
  });

  it('refuses an event that is not confirmed in time, and an alarm in the end as well', async () => {
    const { publisher, confirms } = onSlowBroker();
    const event = expect(publisher.publish({}, 'key')).rejects.toThrow('no answer');
    await jest.advanceTimersByTimeAsync(PUBLISH_LIMIT_MS);
    await event;
    const alarm = expect(publisher.publish({}, 'key', {}, ALARM_CONFIRM_LIMIT_MS)).rejects.toThrow(
      'no answer',
    );
    await jest.advanceTimersByTimeAsync(ALARM_CONFIRM_LIMIT_MS);
    await alarm;
    expect(confirms).toHaveLength(2);
  });
});
