import { Logger } from '@nestjs/common';
import { at } from '../../../test/support/at';
import type { CanopsisEvent } from '../event';
import { ALARM_FIELDS } from '../event';
import { type EventDelivery, REQUEUE_DELAY_MS } from '../event-transport';
import { InProcessTransport } from './in-process.transport';

/** Lets everything run that can run without time passing. */
const settle = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

describe('events in the process', () => {
  const event = (n: number): CanopsisEvent => ({ connector: 'c', n });
  let transport: InProcessTransport;
  let deliveries: EventDelivery[];

  beforeEach(() => {
    jest.useFakeTimers();
    transport = new InProcessTransport(2);
    deliveries = [];
  });

  afterEach(async () => {
    await transport.close();
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const consume = (): Promise<void> => transport.consume((delivery) => void deliveries.push(delivery));
  const outcomeOf = (published: Promise<void>): { is: string } => {
    const outcome = { is: 'open' };
    published.then(
      () => (outcome.is = 'delivered'),
      () => (outcome.is = 'refused'),
    );
    return outcome;
  };

  it('is delivered when the engine has acknowledged it, not before', async () => {
    await consume();
    const outcome = outcomeOf(transport.publish(event(1)));
    await settle();
    expect(deliveries.map((delivery) => delivery.event)).toEqual([event(1)]);
    expect(outcome.is).toBe('open');
    at(deliveries, 0).ack();
    await settle();
    expect(outcome.is).toBe('delivered');
  });

  it('is refused when the engine does not acknowledge it in time', async () => {
    await consume();
    const outcome = outcomeOf(transport.publish(event(1)));
    await jest.advanceTimersByTimeAsync(4_999);
    expect(outcome.is).toBe('open');
    await jest.advanceTimersByTimeAsync(1);
    expect(outcome.is).toBe('refused');
    expect(() => at(deliveries, 0).ack()).not.toThrow();
  });

  it('waits for an engine, in order, and no longer than its time', async () => {
    const outcomes = [1, 2].map((n) => outcomeOf(transport.publish(event(n))));
    await jest.advanceTimersByTimeAsync(3_000);
    const late = outcomeOf(transport.publish(event(3)));
    await jest.advanceTimersByTimeAsync(2_500);
    expect(outcomes.map(({ is }) => is)).toEqual(['refused', 'refused']);
    await consume();
    expect(deliveries.map((delivery) => delivery.event)).toEqual([event(3)]);
    at(deliveries, 0).ack();
    await settle();
    expect(late.is).toBe('delivered');
  });

  it('leaves no more than the prefetch unacknowledged', async () => {
    await consume();
    const outcomes = [1, 2, 3, 4].map((n) => outcomeOf(transport.publish(event(n))));
    expect(deliveries).toHaveLength(2);
    at(deliveries, 1).ack();
    at(deliveries, 1).ack();
    at(deliveries, 1).requeue();
    expect(deliveries.map((delivery) => delivery.event['n'])).toEqual([1, 2, 3]);
    at(deliveries, 0).ack();
    at(deliveries, 2).ack();
    at(deliveries, 3).ack();
    await settle();
    expect(outcomes.map(({ is }) => is)).toEqual(Array(4).fill('delivered'));
  });

  it('is delivered however many wait, where the engine acknowledges each at once', async () => {
    const outcomes = Array.from({ length: 10_000 }, (_, n) => outcomeOf(transport.publish(event(n))));
    const taken: unknown[] = [];
    await transport.consume((delivery) => {
      taken.push(delivery.event['n']);
      delivery.ack();
    });
    await settle();
    expect(taken).toEqual(outcomes.map((_, n) => n));
    expect(outcomes.filter(({ is }) => is !== 'delivered')).toEqual([]);
  });

  it('comes again after a rest when it was given back', async () => {
    await consume();
    const outcome = outcomeOf(transport.publish(event(1)));
    at(deliveries, 0).requeue();
    await jest.advanceTimersByTimeAsync(REQUEUE_DELAY_MS - 1);
    expect(deliveries).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(deliveries).toHaveLength(2);
    at(deliveries, 1).ack();
    await settle();
    expect(outcome.is).toBe('delivered');
  });

  it('comes again when the engine threw', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    let calls = 0;
    await transport.consume((delivery) => {
      if (++calls === 1) throw new Error('broken');
      delivery.ack();
    });
    const outcome = outcomeOf(transport.publish(event(1)));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(outcome.is).toBe('delivered');
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('does not bring an alarm back to the engine', async () => {
    await consume();
    await transport.publish({ ...ALARM_FIELDS, resource: 'connector:c1', state: 3 });
    expect(deliveries).toEqual([]);
  });

  it('hears while the engine consumes, and tells of each change', async () => {
    const heard: boolean[] = [];
    const forget = transport.onHearingChange((hearing) => heard.push(hearing));
    expect(transport.hearing).toBe(false);
    await consume();
    expect(transport.hearing).toBe(true);
    await transport.stopConsuming();
    forget();
    await consume();
    expect(heard).toEqual([true, false]);
    expect(transport.status).toBe('none');
    expect(await transport.backlog()).toBe(0);
  });

  it('has one consumer, and delivers nothing more once it has stopped', async () => {
    await consume();
    await expect(consume()).rejects.toThrow('already');
    await transport.stopConsuming();
    outcomeOf(transport.publish(event(1)));
    await settle();
    expect(deliveries).toEqual([]);
  });

  it('refuses what is still under way when it closes, and everything after', async () => {
    await consume();
    const outcomes = [1, 2, 3].map((n) => outcomeOf(transport.publish(event(n))));
    await transport.close();
    await settle();
    expect(outcomes.map(({ is }) => is)).toEqual(Array(3).fill('refused'));
    await expect(transport.publish(event(4))).rejects.toThrow('closed');
  });
});
