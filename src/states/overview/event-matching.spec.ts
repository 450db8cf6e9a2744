import * as fc from 'fast-check';
import { Matcher } from '../../engine/matcher/matcher';
import { countMatches, matchEvent } from './event-matching';
import { Overview } from './overview';

const STATE = { state: 'waiting', since: 0, lastEvent: null, deadline: null } as const;

function overviewOf(patterns: Record<string, Record<string, string>>): Overview {
  const overview = new Overview();
  for (const [_id, pattern] of Object.entries(patterns)) {
    overview.set({ _id, pattern, expected_interval: '1m', created: 0, updated: 0 }, STATE);
  }
  return overview;
}

describe('matchEvent', () => {
  const match = (event: Record<string, unknown>, patterns: Record<string, Record<string, string>>) => {
    const { matching, almost } = matchEvent(event, overviewOf(patterns).all());
    return {
      matching: matching.map(({ id }) => id),
      almost: almost.map(({ entry, wrong }) => ({ id: entry.id, ...wrong })),
    };
  };

  it('tells which heartbeats an event belongs to, and the one field by which it misses others', () => {
    const event = { connector: 'c1', connector_name: 'n1', component: 'x', state: 3 };
    const patterns = {
      whole: { connector: 'c1', connector_name: 'n1' },
      number: { state: '3' },
      other: { connector: 'c1', connector_name: 'n2' },
      absent: { connector: 'c1', connector_name: 'n1', resource: 'r' },
      far: { connector: 'c2', connector_name: 'n2' },
      single: { connector: 'c2' },
    };
    expect(match(event, patterns)).toEqual({
      matching: ['whole', 'number'],
      almost: [
        { id: 'absent', field: 'resource', wanted: 'r', found: null },
        { id: 'other', field: 'connector_name', wanted: 'n2', found: 'n1' },
      ],
    });
  });

  it('tells first of a text that differs by case or white space alone, also as the only field', () => {
    const event = { connector: 'C1 ', component: 'x' };
    expect(
      match(event, { two: { connector: 'other', component: 'x' }, one: { connector: 'c1' } }).almost,
    ).toEqual([
      { id: 'one', field: 'connector', wanted: 'c1', found: 'C1 ' },
      { id: 'two', field: 'connector', wanted: 'other', found: 'C1 ' },
    ]);
  });

  it('tells the beginning of a long text, without half a character, and reads it once for all heartbeats', () => {
    let reads = 0;
    const event = {
      a: '1',
      get long() {
        reads += 1;
        return `${'x'.repeat(999)}😀${'y'.repeat(1_000_000)}`;
      },
    };
    const wanted = 'z'.repeat(2_000);
    const patterns = Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [
        `h${n}`,
        { a: '1', long: wanted, ...(n % 2 && { [`k${n}`]: '' }) },
      ]),
    );
    const { almost } = match(event, patterns);
    expect(almost).toHaveLength(30);
    expect(almost[0]).toEqual({
      id: 'h0',
      field: 'long',
      wanted: `${'z'.repeat(1_000)}…`,
      found: `${'x'.repeat(999)}…`,
    });
    expect(reads).toBe(1);
  });

  it('takes an inherited name, null and objects for absent', () => {
    const patterns = { a: { toString: 'x', a: '1' }, b: { b: 'y', a: '1' } };
    expect(match({ a: '1', b: { c: 1 } }, patterns).almost).toEqual([
      { id: 'a', field: 'toString', wanted: 'x', found: null },
      { id: 'b', field: 'b', wanted: 'y', found: null },
    ]);
  });

  it('matches nothing with what an engine sent', () => {
    const alarm = {
      connector: 'heartbeat',
      connector_name: 'heartbeat',
      event_type: 'check',
      component: 'heartbeats',
    };
    const overview = overviewOf({ a: { connector: 'heartbeat' } });
    expect(match(alarm, { a: { connector: 'heartbeat' } })).toEqual({ matching: [], almost: [] });
    expect(countMatches([alarm], overview.all())).toEqual([0]);
  });

  it('tells of 50 that almost match at most', () => {
    const patterns = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [`${i}`, { a: '1', b: `${i}` }]),
    );
    expect(match({ a: '1' }, patterns).almost).toHaveLength(50);
  });

  it('agrees with the engine', () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const text = fc.constantFrom('1', '', 'x', 'true', '1,2');
    const patterns = fc.array(fc.dictionary(key, text, { minKeys: 1 }), { maxLength: 8 });
    const value = fc.oneof(text, fc.constantFrom(1, true, null, {}, [1, 2], [], 'x\0'));
    const events = fc.array(fc.dictionary(key, value), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(patterns, events, (all, sent) => {
        const matcher = new Matcher<{ id: string }>();
        all.forEach((pattern, i) => matcher.add({ id: `${i}` }, pattern));
        const overview = overviewOf(Object.fromEntries(all.map((pattern, i) => [`${i}`, pattern])));
        const wanted = sent.map((event) =>
          matcher
            .match(event)
            .map(({ id }) => id)
            .sort(),
        );
        const found = sent.map((event) =>
          matchEvent(event, overview.all())
            .matching.map(({ id }) => id)
            .sort(),
        );
        expect(found).toEqual(wanted);
        expect(countMatches(sent, overview.all())).toEqual(wanted.map(({ length }) => length));
      }),
    );
  });
});
