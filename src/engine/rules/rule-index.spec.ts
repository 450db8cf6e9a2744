import { readRule, type ValidRule } from './rule';
import { RuleIndex } from './rule-index';

const rule = (id: string, connector: string, expected_interval = '10s'): ValidRule =>
  readRule({ _id: id, pattern: { connector }, expected_interval }) as ValidRule;

const state = (revision = 1) => ({ revision, state: 'up' }) as const;

describe('RuleIndex', () => {
  let ruleIndex: RuleIndex;

  beforeEach(() => {
    ruleIndex = new RuleIndex();
    ruleIndex.put(rule('x', 'c1'), state());
  });

  it('finds the heartbeats that an event belongs to', () => {
    expect(ruleIndex.match({ connector: 'c1' }).map(({ id }) => id)).toEqual(['x']);
    expect(ruleIndex.match({ connector: 'c2' })).toEqual([]);
  });

  it('keeps the object while the pattern stays, whatever else changes', () => {
    const entry = ruleIndex.get('x');
    Object.assign(entry ?? {}, { keptAt: 5 });
    ruleIndex.put(rule('x', 'c1', '20s'), state(2));
    expect(ruleIndex.get('x')).toBe(entry);
    expect(entry).toMatchObject({ revision: 2, intervalMs: 20_000, keptAt: 5 });
    ruleIndex.put(rule('x', 'c1', '20s'), { revision: 3, state: 'down' });
    expect(ruleIndex.get('x')).toBe(entry);
    expect(entry).toMatchObject({ revision: 3, state: 'down', intervalMs: 20_000, keptAt: 5 });
  });

  it('has another object each time that the pattern is another one, and again what it was', () => {
    const pattern = { connector: 'c1', resource: 'r' };
    const wider = readRule({ _id: 'x', pattern, expected_interval: '10s' }) as ValidRule;
    const entries = [rule('x', 'c1'), wider, rule('x', 'c1')].map((each) => {
      ruleIndex.put(each, state());
      return ruleIndex.get('x');
    });
    expect(new Set(entries).size).toBe(3);
    expect(ruleIndex.match({ connector: 'c1' })).toEqual([entries[2]]);
  });

  it('has another object after a change of the pattern', () => {
    const entry = ruleIndex.get('x');
    ruleIndex.put(rule('x', 'c2'), state(2));
    expect(ruleIndex.get('x')).not.toBe(entry);
    expect(ruleIndex.match({ connector: 'c1' })).toEqual([]);
    expect(ruleIndex.match({ connector: 'c2' })).toEqual([ruleIndex.get('x')]);
  });

  it('forgets', () => {
    ruleIndex.remove('x');
    ruleIndex.remove('unknown');
    expect([ruleIndex.size, ruleIndex.get('x'), ruleIndex.match({ connector: 'c1' })]).toEqual([
      0,
      undefined,
      [],
    ]);
  });

  it('names those that were not seen in a whole round', () => {
    ruleIndex.put(rule('y', 'c2'), state());
    expect(ruleIndex.nextRound()).toEqual([]);
    ruleIndex.put(rule('y', 'c2'), state());
    expect(ruleIndex.nextRound()).toEqual(['x']);
  });
});
