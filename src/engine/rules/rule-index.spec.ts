import { readRule, type ValidRule } from './rule';
import { RuleIndex } from './rule-index';

const rule = (id: string, connector: string, expected_interval = '10s'): ValidRule =>
  readRule({ _id: id, pattern: { connector }, expected_interval }) as ValidRule;

const state = (revision = 1) => ({ revision, state: 'up' }) as const;

describe('RuleIndex', () => {
  let book: RuleIndex;

  beforeEach(() => {
    book = new RuleIndex();
    book.put(rule('x', 'c1'), state());
  });

  it('finds the heartbeats that an event belongs to', () => {
    expect(book.match({ connector: 'c1' }).map(({ id }) => id)).toEqual(['x']);
    expect(book.match({ connector: 'c2' })).toEqual([]);
  });

  it('keeps the object while the pattern stays, whatever else changes', () => {
    const entry = book.get('x');
    book.put(rule('x', 'c1', '20s'), state(2));
    expect(book.get('x')).toBe(entry);
    expect(entry).toMatchObject({ revision: 2, intervalMs: 20_000 });
  });

  it('has another object after a change of the pattern', () => {
    const entry = book.get('x');
    book.put(rule('x', 'c2'), state(2));
    expect(book.get('x')).not.toBe(entry);
    expect(book.match({ connector: 'c1' })).toEqual([]);
    expect(book.match({ connector: 'c2' })).toEqual([book.get('x')]);
  });

  it('forgets', () => {
    book.remove('x');
    book.remove('unknown');
    expect([book.size, book.get('x'), book.match({ connector: 'c1' })]).toEqual([0, undefined, []]);
  });

  it('names those that were not seen in a whole round', () => {
    book.put(rule('y', 'c2'), state());
    expect(book.nextRound()).toEqual([]);
    book.put(rule('y', 'c2'), state());
    expect(book.nextRound()).toEqual(['x']);
  });
});
