import { MemoryStates, stateOf } from '../../../test/engine/support/memory-states';
import type { CanopsisEvent } from '../../events/event';
import { SharedClock } from '../../states/shared-clock';
import { MovableClock } from '../../testing/movable-clock';
import { AlarmLog } from '../alarms/alarm-log';
import { NO_METRICS } from '../engine-metrics';
import { readRule, type ValidRule } from '../rules/rule';
import { RuleIndex } from '../rules/rule-index';
import { EventRecorder, type EventRecorderParts } from './event-recorder';

const START = 1_000_000;
const eventOf = (connector: string): CanopsisEvent => ({ connector });

describe('a recorder of events', () => {
  let states: MemoryStates;
  let clock: MovableClock;
  let ruleIndex: RuleIndex;
  let woken: number;

  beforeEach(() => {
    clock = new MovableClock(START);
    [states, ruleIndex, woken] = [new MemoryStates(), new RuleIndex(), 0];
    for (const id of ['a', 'b']) watch(id, 1, 'up');
  });

  /** Has a rule in memory, and a state for it unless there is one. */
  function watch(id: string, revision: number, state: 'up' | 'down'): void {
    const rule = readRule({ _id: id, pattern: { connector: id }, expected_interval: '10s' }) as ValidRule;
    ruleIndex.put(rule, { revision, state });
    if (!states.all.has(id)) states.put(stateOf(id, { deadline: START, state, since: START - 5_000 }));
  }

  const recorder = (parts: Partial<EventRecorderParts> = {}): EventRecorder =>
    new EventRecorder({
      ruleIndex,
      store: states,
      alarmLog: new AlarmLog(states, { deliver: () => Promise.resolve() }, { warn: () => undefined }),
      clock: new SharedClock(clock, { serverTime: () => Promise.resolve(undefined) }),
      prefetch: 1_000,
      metrics: NO_METRICS,
      observer: { seen: () => undefined },
      reconcile: () => Promise.resolve(),
      onAlarms: () => (woken += 1),
      onFailure: () => undefined,
      ...parts,
    });

  /** Hands it an event. @returns what becomes of it */
  const hand = (to: EventRecorder, connector: string): Promise<'acknowledged' | 'given back'> =>
    new Promise((resolve) =>
      to.accept({
        event: eventOf(connector),
        ack: () => resolve('acknowledged'),
        requeue: () => resolve('given back'),
      }),
    );

  it('acknowledges at once what nobody waits for', async () => {
    expect(await hand(recorder(), 'nobody')).toBe('acknowledged');
    expect(states.writes).toEqual([]);
  });

  it('acknowledges what somebody waits for once it is stored, and holds it until then', async () => {
    const recording = recorder();
    const outcome = hand(recording, 'a');
    expect([recording.hasPending('a'), recording.hasPending('b')]).toEqual([true, false]);
    await recording.flush();
    expect(await outcome).toBe('acknowledged');
    expect(recording.hasPending('a')).toBe(false);
    expect(states.get('a')).toMatchObject({ state: 'up', last_event: START, deadline: START + 10_000 });
    expect(recording.received).toBe(1);
  });

  it('stores many events with one write, the latest time of each heartbeat', async () => {
    const recording = recorder();
    const outcomes = ['a', 'b', 'a', 'b'].map((connector) => {
      clock.pass(1_000);
      return hand(recording, connector);
    });
    await recording.flush();
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['acknowledged']));
    expect([states.get('a').last_event, states.get('b').last_event]).toEqual([START + 3_000, START + 4_000]);
    expect(states.writes).toHaveLength(1);
  });

  it('resolves an alarm in the write that stores the event', async () => {
    states.put(stateOf('a', { state: 'down', since: START - 5_000 }));
    watch('a', 1, 'down');
    const recording = recorder();
    const outcome = hand(recording, 'a');
    await recording.flush();
    expect(await outcome).toBe('acknowledged');
    const { state, unsent, outbox } = states.get('a');
    expect({ state, unsent }).toEqual({ state: 'up', unsent: 1 });
    expect(JSON.parse(outbox[0]?.body ?? '')).toMatchObject({ state: 0, resource: 'connector:a' });
    expect(woken).toBe(1);
  });

  it('lets an event that is older than the alarm resolve nothing', async () => {
    states.put(stateOf('a', { state: 'down', since: START + 2_000 }));
    watch('a', 1, 'down');
    const recording = recorder();
    const outcome = hand(recording, 'a');
    await recording.flush();
    expect(await outcome).toBe('acknowledged');
    expect(states.get('a')).toMatchObject({ state: 'down', unsent: 0 });
  });

  it('gives back what could not be stored, and says so', async () => {
    const failed: unknown[] = [];
    const recording = recorder({ onFailure: (error) => failed.push(error) });
    states.failure = new Error('away');
    const outcome = hand(recording, 'a');
    await recording.flush();
    expect(await outcome).toBe('given back');
    expect(failed).toEqual([new Error('away')]);
    expect(states.get('a').last_event).toBe(0);
  });

  it('brings a rule up to date that another process has changed, and stores the event by it', async () => {
    states.put(stateOf('a', { revision: 2 }));
    const learned: string[][] = [];
    const recording = recorder({
      reconcile: (ids) => {
        learned.push(ids);
        watch('a', 2, 'up');
        return Promise.resolve();
      },
    });
    const outcome = hand(recording, 'a');
    await recording.flush();
    expect(await outcome).toBe('acknowledged');
    expect(learned).toEqual([['a']]);
    expect(states.get('a')).toMatchObject({ revision: 2, last_event: START });
  });
});
