import { Logger } from '@nestjs/common';
import { MemoryStates, stateOf } from '../../../test/engine/support/memory-states';
import { KeepingLogger } from '../../../test/support/log';
import type { OutboxEntry } from '../../states/outbox-fields';
import { SharedClock } from '../../states/shared-clock';
import { MovableClock } from '../../testing/movable-clock';
import { AlarmRefusedError, ReceiverBusyError } from '../alarms/alarm-sink';
import { NO_METRICS } from '../engine-metrics';
import { Leases } from './leases';
import { OutboxDispatcher } from './outbox-dispatcher';

const START = 1_000_000;
const entryOf = (id: string): OutboxEntry => ({
  id,
  key: 'k',
  body: JSON.stringify({ state: 3, resource: id, output: '' }),
});

/** A receiver that a test answers for. */
class Receiver {
  readonly parallel = 10;
  readonly ids: string[] = [];
  private readonly waiting: (() => void)[] = [];

  /** @param answers what becomes of each delivery, in order; those after the last are taken */
  constructor(private readonly answers: readonly (Error | undefined)[] = []) {}

  async deliver({ id }: OutboxEntry): Promise<void> {
    const answer = this.answers[this.ids.length];
    this.ids.push(id);
    for (const resolve of this.waiting.splice(0)) resolve();
    await Promise.resolve();
    if (answer) throw answer;
  }

  /** Resolves when it was given so many. */
  async has(count: number): Promise<void> {
    while (this.ids.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

/** Resolves when it is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe('a dispatcher of outboxes', () => {
  let states: MemoryStates;
  let clock: MovableClock;
  let log: KeepingLogger;

  beforeEach(() => {
    clock = new MovableClock(START);
    log = new KeepingLogger();
    states = new MemoryStates(filled('a', '1', '2'));
  });

  const filled = (id: string, ...entries: string[]): ReturnType<typeof stateOf> =>
    stateOf(id, { state: 'down', outbox: entries.map(entryOf), unsent: entries.length });

  const dispatcher = (sink: Receiver): OutboxDispatcher =>
    new OutboxDispatcher({
      store: states,
      leases: new Leases(states),
      sink,
      metrics: NO_METRICS,
      clock: new SharedClock(clock, { serverTime: () => Promise.resolve(undefined) }),
      logger: log as unknown as Logger,
      heartbeats: { readByIds: () => Promise.resolve([]) },
    });

  /** Lets it work until so many were delivered, and stores what became of them. */
  async function dispatch(sink: Receiver, count: number): Promise<void> {
    const dispatching = dispatcher(sink);
    dispatching.start();
    await sink.has(count);
    await dispatching.stop();
  }

  it('sends what waits, in order, and leaves nothing behind', async () => {
    states.put(filled('b', '3'));
    const sink = new Receiver();
    await dispatch(sink, 3);
    expect([...sink.ids].sort()).toEqual(['1', '2', '3']);
    expect(sink.ids.indexOf('1')).toBeLessThan(sink.ids.indexOf('2'));
    for (const id of ['a', 'b']) {
      expect(states.get(id)).toMatchObject({ outbox: [], unsent: 0, leased_until: 0 });
      expect(states.get(id)).not.toHaveProperty('lease');
    }
  });

  it('lets an outbox rest after a failure, each time twice as long, and sends the same alarm again', async () => {
    const sink = new Receiver([new Error('no'), new Error('no')]);
    await dispatch(sink, 1);
    expect(states.get('a')).toMatchObject({ attempts: 1, leased_until: START + 1_000, unsent: 2 });
    clock.pass(1_000);
    await dispatch(sink, 2);
    expect(states.get('a')).toMatchObject({ attempts: 2, leased_until: START + 3_000, unsent: 2 });
    clock.pass(2_000);
    await dispatch(sink, 4);
    expect(sink.ids).toEqual(['1', '1', '1', '2']);
    expect(states.get('a')).toMatchObject({ attempts: 0, unsent: 0 });
  });

  it('says once that alarms cannot be delivered, and once that they are again', async () => {
    const sink = new Receiver([new Error('no'), new Error('no')]);
    states.put(filled('b', '3'));
    const dispatching = dispatcher(sink);
    dispatching.start();
    await until(() => ['a', 'b'].every((id) => states.get(id).attempts === 1));
    clock.pass(1_000);
    dispatching.wake();
    await sink.has(5);
    await dispatching.stop();
    expect(log.entries.map(({ message }) => message)).toEqual([
      'alarms cannot be delivered, trying again: no',
      'alarms are delivered again',
    ]);
  });

  it('says each reason once, also where another one takes turns with it', async () => {
    const reasons = ['503', '401', '401', '503', '403'];
    const sink = new Receiver(reasons.map((reason) => new Error(reason)));
    const dispatching = dispatcher(sink);
    dispatching.start();
    for (const count of reasons.keys()) {
      await until(() => states.get('a').attempts === count + 1);
      clock.pass(60_000);
      dispatching.wake();
    }
    await until(() => log.entries.at(-1)?.level === 'log');
    await dispatching.stop();
    expect(log.entries.map(({ message }) => message)).toEqual([
      'alarms cannot be delivered, trying again: 503',
      'alarms cannot be delivered, trying again: 401',
      'alarms cannot be delivered, trying again: 403',
      'alarms are delivered again',
    ]);
  });

  it('sends each alarm once where several work at the same time', async () => {
    for (let at = 0; at < 20; at += 1) states.put(filled(`h${at}`, `alarm ${at}`));
    const sink = new Receiver();
    const three = [dispatcher(sink), dispatcher(sink), dispatcher(sink)];
    for (const each of three) each.start();
    await sink.has(22);
    for (const each of three) await each.stop();
    expect(new Set(sink.ids).size).toBe(22);
    expect(sink.ids).toHaveLength(22);
  });

  it('leaves an outbox to who leases it, until the lease ends', async () => {
    states.put(stateOf('a', { ...filled('a', '1'), lease: 'of another', leased_until: START + 30_000 }));
    states.put(filled('b', '2'));
    const sink = new Receiver();
    await dispatch(sink, 1);
    expect(sink.ids).toEqual(['2']);
    clock.pass(30_000);
    await dispatch(sink, 2);
    expect(sink.ids).toEqual(['2', '1']);
  });

  it('sets an alarm aside that will never be taken', async () => {
    const never = new AlarmRefusedError('too large', true);
    const sink = new Receiver([never, never, never]);
    const dispatching = dispatcher(sink);
    dispatching.start();
    for (const count of [1, 2]) {
      await until(() => states.get('a').attempts === count);
      clock.pass(60_000);
      dispatching.wake();
    }
    await sink.has(4);
    await dispatching.stop();
    expect(sink.ids).toEqual(['1', '1', '1', '2']);
    expect(states.get('a').unsent).toBe(0);
  });

  it('sends nothing while the receiver wants to be left alone', async () => {
    const sink = new Receiver([new ReceiverBusyError('later', 5_000)]);
    const dispatching = dispatcher(sink);
    dispatching.start();
    await sink.has(1);
    await dispatching.stop();
    expect(dispatching.capacity).toBe(0);
    clock.pass(5_000);
    expect(dispatching.capacity).toBe(10);
  });
});
