import { MemoryStates, stateOf } from '../../../test/engine/support/memory-states';
import { SharedClock } from '../../states/shared-clock';
import { MovableClock } from '../../testing/movable-clock';
import { AlarmLog } from '../alarms/alarm-log';
import { NO_METRICS } from '../engine-metrics';
import { type Leased, Leases } from '../outbox/leases';
import { RuleIndex } from '../rules/rule-index';
import { DeadlineScanner, type DeadlineScannerParts } from './deadline-scanner';

const START = 1_000_000;

describe('a scanner of deadlines', () => {
  let states: MemoryStates;
  let clock: MovableClock;
  let sent: Leased[];
  let told: string[];
  let woken: number;

  beforeEach(() => {
    states = new MemoryStates(stateOf('a', { deadline: START }), stateOf('b', { deadline: START + 60_000 }));
    clock = new MovableClock(START);
    [sent, told, woken] = [[], [], 0];
  });

  const scanner = (parts: Partial<DeadlineScannerParts> = {}): DeadlineScanner =>
    new DeadlineScanner({
      ruleIndex: new RuleIndex(),
      store: states,
      leases: new Leases(states),
      alarmLog: new AlarmLog(
        states,
        { deliver: () => Promise.resolve() },
        { warn: (line: string) => told.push(line) },
      ),
      clock: new SharedClock(clock, { serverTime: () => Promise.resolve(undefined) }),
      metrics: NO_METRICS,
      provenUntil: () => Infinity,
      dueAt: ({ deadline }) => deadline,
      holdsEvent: () => false,
      capacity: () => 10,
      send: (leased) => sent.push(...leased),
      onAlarms: () => (woken += 1),
      ...parts,
    });

  it('raises what was silent for half a second longer, and nothing before', async () => {
    clock.pass(499);
    expect(await scanner().raiseOverdue()).toEqual({ any: true, wanted: undefined });
    expect(states.get('a').state).toBe('up');
    clock.pass(1);
    expect(await scanner().raiseOverdue()).toEqual({ any: false, wanted: undefined });
    expect(states.get('a')).toMatchObject({ state: 'down', since: START + 500, unsent: 1 });
    expect(states.get('b').state).toBe('up');
    expect(sent).toMatchObject([{ id: 'a', entry: states.get('a').outbox[0] }]);
    expect(told).toEqual(['alarm raised: "connector:a": "No event matching connector:a for 10s"']);
  });

  it('leaves what is not proven to be silent, and says up to when it wants proof', async () => {
    clock.pass(5_000);
    const unproven = scanner({ provenUntil: () => START - 1 });
    expect(await unproven.raiseOverdue()).toEqual({ any: true, wanted: START });
    expect(states.get('a').state).toBe('up');
  });

  it('leaves what an event came for that is not stored yet', async () => {
    clock.pass(5_000);
    await scanner({ holdsEvent: (id) => id === 'a' }).raiseOverdue();
    expect(states.get('a').state).toBe('up');
  });

  it('moves a deadline that blindness has put off', async () => {
    clock.pass(5_000);
    await scanner({ dueAt: ({ deadline }) => deadline + 7_000 }).raiseOverdue();
    expect(states.get('a')).toMatchObject({ state: 'up', deadline: START + 7_000 });
  });

  it('raises an alarm once, however many look at the same moment', async () => {
    clock.pass(5_000);
    await Promise.all([scanner(), scanner(), scanner()].map((each) => each.raiseOverdue()));
    expect(states.get('a')).toMatchObject({ state: 'down', unsent: 1 });
    expect(sent).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  it('leaves to others what it cannot send now', async () => {
    clock.pass(5_000);
    await scanner({ capacity: () => 0 }).raiseOverdue();
    expect(states.get('a')).toMatchObject({ state: 'down', unsent: 1, leased_until: 0 });
    expect([sent, woken]).toEqual([[], 1]);
  });

  it('puts an open alarm out again when it is due, but not while it still waits', async () => {
    states = new MemoryStates(
      stateOf('a', { state: 'down', repeat_at: START }),
      stateOf('b', {
        state: 'down',
        repeat_at: START,
        unsent: 1,
        outbox: [{ id: '1', key: 'k', body: '{}' }],
      }),
    );
    await scanner({ repeatMs: 60_000 }).repeatOpen();
    expect(states.get('a')).toMatchObject({ unsent: 1, repeat_at: START + 60_000 });
    expect(states.get('b')).toMatchObject({ unsent: 1, repeat_at: START + 60_000 });
  });

  it('knows when the next alarm will be due', async () => {
    expect(await scanner().nextAlarmAt()).toBe(START + 500);
    states = new MemoryStates();
    expect(await scanner().nextAlarmAt()).toBeUndefined();
  });
});
