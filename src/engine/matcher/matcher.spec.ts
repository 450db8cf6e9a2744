import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { eventFieldText } from '../../domain/event-field-text';
import { Matcher, type Pattern } from './matcher';

type Event = Record<string, unknown>;

type Named = Readonly<{ id: string }>;

function matcherOf(patterns: Record<string, Pattern>): Matcher<Named> {
  const matcher = new Matcher<Named>();
  for (const [id, pattern] of Object.entries(patterns)) matcher.add({ id }, pattern);
  return matcher;
}

/** The ids of those that the event belongs to, sorted. */
const found = (matcher: Matcher<Named>, event: Event): string[] =>
  matcher
    .match(event)
    .map(({ id }) => id)
    .sort();

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
    expect(found(matcher, { connector: 'c1', connector_name: 'n1', component: 'x' })).toEqual(['one', 'two']);
  });

  it('finds nothing when it knows nothing', () => {
    expect(found(new Matcher(), { connector: 'c1' })).toEqual([]);
  });

  it('compares numbers, booleans and arrays by their text', () => {
    const matcher = matcherOf({ n: { state: '3' }, b: { ok: 'true' }, a: { tags: 'a,b' } });
    expect(found(matcher, { state: 3, ok: true, tags: ['a', 'b'] })).toEqual(['a', 'b', 'n']);
  });

  it('finds both of two heartbeats with the same pattern, and the one that stays when the other goes', () => {
    const matcher = matcherOf({
      old: { a: 'x', b: 'y' },
      new: { b: 'y', a: 'x' },
      third: { a: 'x', b: 'y' },
    });
    expect(found(matcher, { a: 'x', b: 'y' })).toEqual(['new', 'old', 'third']);
    matcher.remove('old');
    matcher.remove('third');
    expect(found(matcher, { a: 'x', b: 'y' })).toEqual(['new']);
    matcher.remove('new');
    expect(found(matcher, { a: 'x', b: 'y' })).toEqual([]);
  });

  it('takes an empty text for a value, but not for an absent field', () => {
    const matcher = matcherOf({ empty: { resource: '' } });
    expect(found(matcher, { resource: '' })).toEqual(['empty']);
    expect(found(matcher, {})).toEqual([]);
    expect(found(matcher, { resource: null })).toEqual([]);
  });

  it('does not see what an event inherits', () => {
    const matcher = matcherOf({ plain: { name: 'x' }, odd: { toString: 'x' } });
    expect(found(matcher, Object.create({ name: 'x', toString: 'x' }) as Event)).toEqual([]);
    expect(found(matcher, { name: 'x', toString: 'x' })).toEqual(['odd', 'plain']);
  });

  it('does not confuse patterns whose values, written one after the other, are the same', () => {
    const matcher = matcherOf({
      left: { a: 'x1:', b: 'y' },
      right: { a: 'x', b: '1:y' },
      colon: { a: '1:x', b: '' },
    });
    expect(found(matcher, { a: 'x', b: '1:y' })).toEqual(['right']);
    expect(found(matcher, { a: '1:x', b: '' })).toEqual(['colon']);
    expect(found(matcher, { a: '', b: '1:x' })).toEqual([]);
  });

  it('tells texts with the same hash apart, and forgets each alone', () => {
    const matcher = new Matcher<Named>(({ length }) => length);
    matcher.add({ id: 'film' }, { a: 'cinema' });
    matcher.add({ id: 'water' }, { a: 'liquid' });
    expect(found(matcher, { a: 'cinema' })).toEqual(['film']);
    expect(found(matcher, { a: 'liquid' })).toEqual(['water']);
    matcher.remove('film');
    expect(found(matcher, { a: 'cinema' })).toEqual([]);
    expect(found(matcher, { a: 'liquid' })).toEqual(['water']);
  });

  it('tells long texts with the same hash apart, too, and from a short one', () => {
    const matcher = new Matcher<Named>(() => 0);
    const long = (last: string): Pattern => ({ a: 'x'.repeat(1_024), b: last });
    matcher.add({ id: 'short' }, { a: 'x', b: 'y' });
    for (const last of ['', 'y', 'z']) matcher.add({ id: `long ${last}` }, long(last));
    expect(found(matcher, long(''))).toEqual(['long ']);
    expect(found(matcher, long('z'))).toEqual(['long z']);
    expect(found(matcher, long('yy'))).toEqual([]);
    expect(found(matcher, { a: `${'x'.repeat(1_024)}y`, b: '' })).toEqual([]);
    expect(found(matcher, { a: 'x', b: 'y' })).toEqual(['short']);
  });

  it('gives what was added, and not what was there before it', () => {
    const matcher = new Matcher<Named & { state: string }>();
    const [old, other] = [
      { id: 'x', state: 'waiting' },
      { id: 'x', state: 'up' },
    ];
    matcher.add(old, { a: '1' });
    expect([matcher.get('x'), matcher.match({ a: '1' })[0], [...matcher.values()][0]]).toEqual(
      Array(3).fill(old),
    );
    matcher.replace(other, { a: '1' });
    expect(matcher.match({ a: '1' })[0]).toBe(other);
    expect(matcher.get('x')).toBe(other);
    const third = { id: 'y', state: 'up' };
    matcher.add(third, { a: '1' });
    expect([...matcher.values()]).toEqual([other, third]);
  });

  it('says whether a heartbeat has a pattern, whatever the order of its keys', () => {
    const matcher = matcherOf({ x: { a: '1', b: '23' } });
    expect(matcher.isPatternOf('x', { b: '23', a: '1' })).toBe(true);
    const others: Pattern[] = [{ a: '1' }, { a: '12', b: '3' }, { a: '1', c: '23' }, { b: '1', a: '23' }, {}];
    for (const other of others) expect(matcher.isPatternOf('x', other)).toBe(false);
    expect(matcher.isPatternOf('y', { a: '1', b: '23' })).toBe(false);
    const long = (last: string): Pattern => ({ a: 'x'.repeat(1_025) + last });
    matcher.add({ id: 'long' }, long('y'));
    expect([matcher.isPatternOf('long', long('y')), matcher.isPatternOf('long', long('z'))]).toEqual([
      true,
      false,
    ]);
  });

  it('reads of an event what a group still needs, however many fields there are', () => {
    const wide = (n: number): Pattern =>
      Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`a${n}.${i}`, '']));
    const matcher = matcherOf({
      x: { b: '1', c: '2' },
      ...Object.fromEntries([...Array(20).keys()].map((n) => [`${n}`, wide(n)])),
    });
    const read: PropertyKey[] = [];
    const event = new Proxy<Event>(
      { b: 1, c: 2 },
      {
        getOwnPropertyDescriptor: (target, key) => {
          read.push(key);
          return Reflect.getOwnPropertyDescriptor(target, key);
        },
      },
    );
    expect(found(matcher, event)).toEqual(['x']);
    expect(read).toHaveLength(22);
  });

  it('does not follow dotted paths', () => {
    expect(found(matcherOf({ d: { 'a.b': 'x' } }), { a: { b: 'x' } })).toEqual([]);
  });

  it('refuses an id that it knows, and an empty pattern', () => {
    const matcher = matcherOf({ id: { a: 'x' } });
    expect(() => matcher.add({ id: 'id' }, { a: 'y' })).toThrow('already matched');
    expect(() => matcher.add({ id: 'new' }, {})).toThrow('empty');
    expect(found(matcher, { a: 'x' })).toEqual(['id']);
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
      // What lengths are kept as.
      '\u0000',
      '\u0001',
      '\u0001a',
      '\uffff',
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
      fc.property(fc.array(step, { maxLength: 40 }), fc.boolean(), (steps, allAlike) => {
        const matcher = new Matcher<Named>(allAlike ? () => 0 : undefined);
        const known = new Map<string, Pattern>();
        for (const { act, id, pattern, event } of steps) {
          if (act === 'add' && !known.has(id)) matcher.add({ id }, pattern);
          else if (act === 'replace') matcher.replace({ id }, pattern);
          else if (act === 'remove') expect(matcher.remove(id)).toBe(known.has(id));
          if (act === 'replace' || (act === 'add' && !known.has(id))) known.set(id, pattern);
          if (act === 'remove') known.delete(id);
          const aimed: Event = { ...pattern, extra: 1 };
          for (const seen of [event, aimed]) expect(found(matcher, seen)).toEqual(naiveMatch(known, seen));
          const has = known.get(id);
          expect(matcher.isPatternOf(id, pattern)).toBe(has !== undefined && isDeepStrictEqual(has, pattern));
        }
        expect(matcher.size).toBe(known.size);
      }),
      { numRuns: 1_000 },
    );
  });
});
