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
    ruleIndex.put(rule('x', 'c1', '20s'), state(2));
    expect(ruleIndex.get('x')).toBe(entry);
    expect(entry).toMatchObject({ revision: 2, intervalMs: 20_000 });
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
