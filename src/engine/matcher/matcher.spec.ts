import * as fc from 'fast-check';
import { eventFieldText } from '../../domain/event-field-text';
import { Matcher, type Pattern } from './matcher';

type Event = Record<string, unknown>;

function matcherOf(patterns: Record<string, Pattern>): Matcher {
  const matcher = new Matcher();
  for (const [id, pattern] of Object.entries(patterns)) matcher.add(id, pattern);
  return matcher;
}

/** The contract word for word: every key a top-level field with the wanted text. */
function naiveMatch(patterns: ReadonlyMap<string, Pattern>, event: Event): string[] {
  return [...patterns]
    .filter(([, pattern]) =>
      Object.entries(pattern).every(
        ([key, value]) => Object.hasOwn(event, key) && eventFieldText(event[key]) === value,
      ),
    )
    .map(([id]) => id)
    .sort();
}

/** An object with exactly these own properties, `__proto__` among them, as JSON.parse makes it. */
function ownProperties<T>(entries: [string, T][]): Record<string, T> {
  return JSON.parse(
    `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`,
  ) as Record<string, T>;
}

describe('Matcher', () => {
  it('finds every heartbeat whose whole pattern is in the event, of all key sets', () => {
    const matcher = matcherOf({
      one: { connector: 'c1' },
      two: { connector_name: 'n1', connector: 'c1' },
      other: { connector: 'c1', connector_name: 'n2' },
      more: { connector: 'c1', connector_name: 'n1', resource: 'r' },
    });
    expect(matcher.match({ connector: 'c1', connector_name: 'n1', component: 'x' }).sort()).toEqual([
      'one',
      'two',
    ]);
  });

  it('finds nothing when it knows nothing', () => {
    expect(new Matcher().match({ connector: 'c1' })).toEqual([]);
  });

  it('compares numbers, booleans and arrays by their text', () => {
    const matcher = matcherOf({ n: { state: '3' }, b: { ok: 'true' }, a: { tags: 'a,b' } });
    expect(matcher.match({ state: 3, ok: true, tags: ['a', 'b'] }).sort()).toEqual(['a', 'b', 'n']);
  });

  it('finds both of two heartbeats with the same pattern, and the one that stays when the other goes', () => {
    const matcher = matcherOf({
      old: { a: 'x', b: 'y' },
      new: { b: 'y', a: 'x' },
      third: { a: 'x', b: 'y' },
    });
    expect(matcher.match({ a: 'x', b: 'y' }).sort()).toEqual(['new', 'old', 'third']);
    matcher.remove('old');
    matcher.remove('third');
    expect(matcher.match({ a: 'x', b: 'y' })).toEqual(['new']);
    matcher.remove('new');
    expect(matcher.match({ a: 'x', b: 'y' })).toEqual([]);
  });

  it('takes an empty text for a value, but not for an absent field', () => {
    const matcher = matcherOf({ empty: { resource: '' } });
    expect(matcher.match({ resource: '' })).toEqual(['empty']);
    expect(matcher.match({})).toEqual([]);
    expect(matcher.match({ resource: null })).toEqual([]);
  });

  it('does not see what an event inherits', () => {
    const matcher = matcherOf({ plain: { name: 'x' }, odd: { toString: 'x' } });
    expect(matcher.match(Object.create({ name: 'x', toString: 'x' }) as Event)).toEqual([]);
    expect(matcher.match({ name: 'x', toString: 'x' }).sort()).toEqual(['odd', 'plain']);
  });

  it('does not confuse patterns whose values, written one after the other, are the same', () => {
    const matcher = matcherOf({
      left: { a: 'x1:', b: 'y' },
      right: { a: 'x', b: '1:y' },
      colon: { a: '1:x', b: '' },
    });
    expect(matcher.match({ a: 'x', b: '1:y' })).toEqual(['right']);
    expect(matcher.match({ a: '1:x', b: '' })).toEqual(['colon']);
    expect(matcher.match({ a: '', b: '1:x' })).toEqual([]);
  });

  it('tells texts with the same hash apart, and forgets each alone', () => {
    const matcher = new Matcher(({ length }) => length);
    matcher.add('film', { a: 'cinema' });
    matcher.add('water', { a: 'liquid' });
    expect(matcher.match({ a: 'cinema' })).toEqual(['film']);
    expect(matcher.match({ a: 'liquid' })).toEqual(['water']);
    matcher.remove('film');
    expect(matcher.match({ a: 'cinema' })).toEqual([]);
    expect(matcher.match({ a: 'liquid' })).toEqual(['water']);
  });

  it('does not follow dotted paths', () => {
    expect(matcherOf({ d: { 'a.b': 'x' } }).match({ a: { b: 'x' } })).toEqual([]);
  });

  it('refuses an id that it knows, and an empty pattern', () => {
    const matcher = matcherOf({ id: { a: 'x' } });
    expect(() => matcher.add('id', { a: 'y' })).toThrow('already matched');
    expect(() => matcher.add('new', {})).toThrow('empty');
    expect(matcher.match({ a: 'x' })).toEqual(['id']);
  });

  it('says whether there was something to remove', () => {
    const matcher = matcherOf({ id: { a: 'x' } });
    expect(matcher.remove('id')).toBe(true);
    expect(matcher.remove('id')).toBe(false);
    expect(matcher.size).toBe(0);
  });

  it('matches as a scan of all patterns does, whatever was added, removed and replaced before', () => {
    const key = fc.constantFrom('a', 'b', 'ab', '1:a', 'a1:', '__proto__', 'toString', 'constructor', '');
    const text = fc.constantFrom(
      '',
      'a',
      'b',
      '1:a',
      'a1:',
      ':',
      '1',
      '1:',
      '0:',
      'true',
      '1,a',
      'é',
      '\u{1f600}',
    );
    const entriesOf = <T>(value: fc.Arbitrary<T>, min: number): fc.Arbitrary<Record<string, T>> =>
      fc
        .uniqueArray(fc.tuple(key, value), { selector: ([k]) => k, minLength: min, maxLength: 4 })
        .map(ownProperties);
    const value = fc.oneof(
      { weight: 5, arbitrary: text },
      fc.constantFrom<unknown>(1, true, null, {}, [1, 'a'], ['1', null], [[1], 'a']),
    );
    const step = fc.record({
      act: fc.constantFrom('add', 'remove', 'replace', 'match'),
      id: fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5'),
      pattern: entriesOf(text, 1),
      event: entriesOf(value, 0),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const matcher = new Matcher();
        const known = new Map<string, Pattern>();
        for (const { act, id, pattern, event } of steps) {
          if (act === 'add' && !known.has(id)) matcher.add(id, pattern);
          else if (act === 'replace') matcher.replace(id, pattern);
          else if (act === 'remove') expect(matcher.remove(id)).toBe(known.has(id));
          if (act === 'replace' || (act === 'add' && !known.has(id))) known.set(id, pattern);
          if (act === 'remove') known.delete(id);
          const aimed: Event = { ...pattern, extra: 1 };
          for (const seen of [event, aimed])
            expect(matcher.match(seen).sort()).toEqual(naiveMatch(known, seen));
        }
        expect(matcher.size).toBe(known.size);
      }),
      { numRuns: 1_000 },
    );
  });
});
