import { MemoryStates, stateOf } from '../../../test/engine/support/memory-states';
import { Outcomes } from './outcomes';

const entry = { id: '1', key: 'k', body: '{}' };
const leased = (id: string, lease: string): ReturnType<typeof stateOf> =>
  stateOf(id, { state: 'down', outbox: [entry], unsent: 1, lease, leased_until: 30_000, attempts: 2 });

const ids = Array.from({ length: 1_500 }, (_, n) => `h${n}`);
const SENT = { outbox: [], unsent: 0, leased_until: 0, attempts: 0 };

describe('outcomes of alarms', () => {
  let states: MemoryStates;
  let outcomes: Outcomes;

  beforeEach(() => {
    states = new MemoryStates(...ids.map((id) => leased(id, 'mine')));
    outcomes = new Outcomes(states, 'main');
  });

  it('that were delivered share a statement for up to 1,000 of one lease', async () => {
    states.put(leased('other', 'another of mine'));
    for (const id of ids) outcomes.done({ id, lease: 'mine' });
    outcomes.done({ id: 'other', lease: 'another of mine' });
    await outcomes.storeAll();
    expect(states.writes).toEqual([3]);
    for (const id of [...ids, 'other']) {
      expect(states.get(id)).toMatchObject(SENT);
      expect(states.get(id)).not.toHaveProperty('lease');
    }
  });

  it('leave alone what somebody else has leased since', async () => {
    states.put(leased('h1', 'of another'));
    outcomes.done({ id: 'h0', lease: 'mine' });
    outcomes.done({ id: 'h1', lease: 'mine' });
    outcomes.again({ id: 'h1', lease: 'mine' }, { leased_until: 5 });
    await outcomes.storeAll();
    expect(states.get('h0')).toMatchObject(SENT);
    expect(states.get('h1')).toEqual(leased('h1', 'of another'));
  });

  it('are kept where the database fails', async () => {
    states.failure = new Error('away');
    outcomes.done({ id: 'h0', lease: 'mine' });
    outcomes.again({ id: 'h1', lease: 'mine' }, { leased_until: 5, attempts: 3 });
    await expect(outcomes.storeAll()).rejects.toThrow('away');
    expect(outcomes.any).toBe(true);
    await outcomes.storeAll();
    expect(outcomes.any).toBe(false);
    expect(states.get('h0')).toMatchObject(SENT);
    expect(states.get('h1')).toMatchObject({ outbox: [entry], unsent: 1, leased_until: 5, attempts: 3 });
  });
});
