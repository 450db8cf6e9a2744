import { type HeartbeatState, tombstone } from '../../states/heartbeat-state';
import { type KnownState, plan } from './plan';
import { readRule, type RuleFields } from './rule';

const NOW = 1_000_000_000;
const context = { now: NOW };
const fields = { _id: 'x', pattern: { connector: 'c1' }, expected_interval: '10s' };
const rule = (changes: Partial<RuleFields> = {}) => readRule({ ...fields, ...changes });

/** The state of the heartbeat as it was learned at first. */
function known(changes: Partial<HeartbeatState> = {}, of: Partial<RuleFields> = {}): KnownState {
  const planned = plan(rule(of), undefined, { ...context, now: NOW - 100_000 });
  if (planned === undefined || !('insert' in planned)) throw new Error('nothing was planned');
  return { ...planned.insert, ...changes };
}

const down = (changes: Partial<HeartbeatState> = {}) => known({ state: 'down', ...changes });

describe('plan', () => {
  it('lets a new heartbeat wait for one interval', () => {
    expect(plan(rule(), undefined, context)).toMatchObject({
      insert: {
        _id: 'x',
        state: 'waiting',
        since: NOW,
        last_event: null,
        deadline: NOW + 10_000,
        revision: 1,
      },
    });
  });

  it('says of an invalid one that it is, and names no deadline', () => {
    const planned = plan(rule({ expected_interval: 's' }), undefined, context);
    expect(planned).toMatchObject({ insert: { state: 'invalid', deadline: null, resource: '' } });
  });

  it('does nothing where all is as it was', () => {
    expect(plan(rule(), known(), context)).toBeUndefined();
    expect(plan(rule(), down(), context)).toBeUndefined();
    expect(plan(undefined, undefined, context)).toBeUndefined();
  });

  it('writes nothing unless the state is still the one that was read', () => {
    const changed = rule({ pattern: { connector: 'c2' } });
    for (const state of [known(), down(), known({ removed: true })]) {
      const { _id, revision } = state;
      expect(plan(changed, state, context)).toMatchObject({ filter: { _id, revision, state: state.state } });
      expect(plan(undefined, state, context)).toMatchObject({
        filter: { _id, revision, state: state.state },
      });
    }
    const shorter = rule({ expected_interval: '5s' });
    expect(plan(shorter, known({ last_event: 7 }), context)).toMatchObject({ filter: { last_event: 7 } });
  });

  it('resolves the old alarm and starts afresh where the pattern changed', () => {
    const planned = plan(rule({ pattern: { connector: 'c2' } }), down(), context);
    expect(planned).toMatchObject({
      update: {
        $set: {
          state: 'waiting',
          since: NOW,
          last_event: null,
          deadline: NOW + 10_000,
          resource: 'connector:c2',
        },
        $inc: { revision: 1, unsent: 1 },
        $push: { outbox: { body: expect.stringMatching(/"resource":"connector:c1".*"state":0/) as string } },
      },
    });
  });

  it('resolves nothing where no alarm is open', () => {
    const planned = plan(rule({ pattern: { connector: 'c2' } }), known(), context);
    expect(planned).toHaveProperty('update.$inc', { revision: 1 });
    expect(planned).not.toHaveProperty('update.$push');
  });

  it.each([
    ['the last event', { last_event: NOW - 3_000 }, NOW - 3_000 + 20_000],
    ['when it was learned', { last_event: null, since: NOW - 2_000 }, NOW - 2_000 + 20_000],
  ])('moves the deadline with the interval, counted from %s', (_, changes, deadline) => {
    const planned = plan(rule({ expected_interval: '20s' }), known(changes), context);
    expect(planned).toHaveProperty('update.$set.deadline', deadline);
    expect(planned).not.toHaveProperty('update.$set.state');
  });

  it('leaves deadline and alarm alone where only the output changed', () => {
    const planned = plan(rule({ output: 'new' }), down(), context);
    expect(planned).toMatchObject({ update: { $set: { output: 'new' }, $inc: { revision: 1 } } });
    expect(planned).not.toHaveProperty('update.$set.deadline');
    expect(planned).not.toHaveProperty('update.$push');
  });

  it('resolves where the heartbeat is gone, and deletes when nothing is left to send', () => {
    const resolving = plan(undefined, down(), context);
    expect(resolving).toMatchObject({
      update: { $set: { removed: true, deadline: null }, $inc: { revision: 1, unsent: 1 } },
    });
    const sending = known({ removed: true, deadline: null, unsent: 1 });
    expect(plan(undefined, sending, context)).toBeUndefined();
    expect(plan(undefined, { ...sending, unsent: 0 }, context)).toEqual({
      filter: { _id: 'x', revision: 1, state: 'waiting', unsent: 0 },
    });
  });

  it('keeps the mark of a state that never was for as long as somebody may be about to insert it', () => {
    const mark = { _id: 'x', removed: true, ...tombstone(NOW) } as const;
    expect(plan(undefined, mark, context)).toBeUndefined();
    const later = { ...context, now: NOW + 60_000 };
    expect(plan(undefined, mark, later)).toEqual({
      filter: { _id: 'x', revision: 1, state: 'waiting', unsent: 0 },
    });
    expect(plan(rule(), mark, context)).toMatchObject({ update: { $unset: { removed: '' } } });
  });

  it('starts afresh where a removed heartbeat is there again', () => {
    const planned = plan(rule(), known({ removed: true, deadline: null, unsent: 1, rule: '' }), context);
    expect(planned).toMatchObject({
      update: { $set: { state: 'waiting', deadline: NOW + 10_000 }, $unset: { removed: '' } },
    });
  });

  it('watches what was invalid and is valid now, and the other way round', () => {
    const invalid = { expected_interval: 's' };
    expect(plan(rule(), known({}, invalid), context)).toHaveProperty('update.$set.state', 'waiting');
    expect(plan(rule(invalid), down(), context)).toMatchObject({
      update: { $set: { state: 'invalid', deadline: null }, $push: { outbox: {} } },
    });
  });

  it('repeats an alarm from now on that was opened before repeating was asked for', () => {
    const repeating = { ...context, repeatMs: 60_000 };
    expect(plan(rule(), down(), repeating)).toHaveProperty('update.$set.repeat_at', NOW + 60_000);
    expect(plan(rule(), down({ repeat_at: 5 }), repeating)).toBeUndefined();
    expect(plan(rule(), known(), repeating)).toBeUndefined();
  });
});
