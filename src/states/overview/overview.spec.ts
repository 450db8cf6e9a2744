import * as fc from 'fast-check';
import type { StateName } from '../heartbeat-state';
import { containing } from '../../heartbeat/search';
import { Overview, type OverviewQuery } from './overview';
import { type EntryState, type OverviewFields, shownHeartbeat } from './overview-entry';
import type { Direction, OverviewSort } from './overview-order';

const WAITING: EntryState = { state: 'waiting', since: 1_000, lastEvent: null, deadline: 2_000 };

const heartbeat = (_id: string, fields: Partial<OverviewFields> = {}): OverviewFields => ({
  _id,
  pattern: { connector: 'c1' },
  expected_interval: '10s',
  interval_seconds: 10,
  created: 1_700_000_000,
  updated: 1_700_000_000,
  ...fields,
});

const page = (overview: Overview, query: Partial<OverviewQuery> = {}): string[] =>
  overview
    .page({ sort: 'state', direction: 'asc', skip: 0, limit: 100, ...query })
    .entries.map(({ id }) => id);

const down = (since: number): EntryState => ({ ...WAITING, state: 'down', since });

describe('Overview', () => {
  let overview: Overview;

  beforeEach(() => {
    overview = new Overview();
  });

  it('gives back each heartbeat as it was stored, with its texts', () => {
    const all = [
      heartbeat('a', {
        name: '',
        author: 'root',
        output: 'silent',
        pattern: { b: '1', a: '', é: '\u{1F600}' },
      }),
      heartbeat('b', { description: 'd' }),
      heartbeat('c', { name: null }),
    ];
    for (const each of all) overview.set(each, WAITING);
    const shown = ['a', 'b', 'c'].map((id) => {
      const entry = overview.get(id);
      return entry && shownHeartbeat(entry);
    });
    expect({ ...shown[0], interval_seconds: 10 }).toEqual(all[0]);
    expect(Object.keys(shown[0]?.pattern ?? {})).toEqual(['b', 'a', 'é']);
    expect(shown[1]).toMatchObject({ description: 'd' });
    expect(shown[1]).not.toHaveProperty('name');
    expect(shown[2]).not.toHaveProperty('name');
    expect(overview.partial.size).toBe(0);
  });

  it.each([
    { pattern: { a: 'x'.repeat(5_000) } },
    { description: 'x'.repeat(5_000) },
    { output: 'x'.repeat(5_000) },
    { name: 'a\0b' },
    { pattern: { a: 'b\0' } },
    { pattern: {} },
    { pattern: { a: 1 } },
    { pattern: undefined },
    { name: 5 },
    { created: new Date() },
    { updated: undefined },
    { expected_interval: 10 },
  ])('knows that it has no more than a part of %j', (fields) => {
    overview.set(heartbeat('a', fields), WAITING);
    expect([...overview.partial]).toEqual(['a']);
    overview.set(heartbeat('a'), WAITING);
    expect(overview.partial.size).toBe(0);
  });

  it('has the most urgent first, and of those the last change', () => {
    const states: [string, StateName, number][] = [
      ['up', 'up', 9],
      ['down-old', 'down', 1],
      ['waiting', 'waiting', 9],
      ['paused', 'paused', 9],
      ['down-new', 'down', 5],
      ['invalid', 'invalid', 9],
      ['down-same', 'down', 5],
    ];
    for (const [id, state, since] of states) overview.set(heartbeat(id), { ...WAITING, state, since });
    const downs = ['down-new', 'down-same', 'down-old'];
    expect(page(overview)).toEqual([...downs, 'invalid', 'waiting', 'paused', 'up']);
    const others = ['up', 'paused', 'waiting', 'invalid'];
    expect(page(overview, { direction: 'desc' })).toEqual([...others, ...downs]);
    expect(overview.counts).toEqual({ up: 1, down: 3, waiting: 1, paused: 1, invalid: 1 });
    overview.setState('up', down(7));
    expect(page(overview, { limit: 2 })).toEqual(['up', 'down-new']);
    expect(page(overview, { state: 'down', skip: 1, limit: 2 })).toEqual(['down-new', 'down-same']);
    overview.remove('up');
    expect(page(overview, { limit: 1 })).toEqual(['down-new']);
    expect(overview.counts).toEqual({ up: 0, down: 3, waiting: 1, paused: 1, invalid: 1 });
  });

  it('tells a change of the state from one of its times', () => {
    overview.set(heartbeat('a'), WAITING);
    expect(overview.setState('a', { ...WAITING, lastEvent: 5 })).toBeUndefined();
    expect(overview.get('a')).toMatchObject({ lastEvent: 5 });
    expect(overview.setState('a', { ...WAITING, since: 6 })?.id).toBe('a');
    expect(overview.setState('b', WAITING)).toBeUndefined();
  });

  it('finds what is searched in every text but the output, in any case, and only there', () => {
    overview.set(
      heartbeat('id-Ab', { name: 'Nuit', author: 'Zoë', description: 'dé', output: 'out' }),
      WAITING,
    );
    overview.set(heartbeat('other', { pattern: { component: 'SRV.lille' } }), WAITING);
    const found = (search: string): string[] => page(overview, { search });
    for (const search of ['nuit', 'ZOË', 'DÉ', 'd-aB', 'C1']) expect(found(search)).toEqual(['id-Ab']);
    expect(found('srv.LILLE')).toEqual(['other']);
    for (const search of ['out', 'component', 'srv_lille', 'NuitZoë', 'Nuit\0Zoë', '\0', '.*']) {
      expect(found(search)).toEqual([]);
    }
    overview.set(heartbeat('other', { name: 'nuits' }), WAITING);
    expect(found('nuit')).toHaveLength(2);
    overview.remove('id-Ab');
    expect(found('nuit')).toEqual(['other']);
  });

  it('keeps its orders and searches right whatever comes', () => {
    const text = fc.constantFrom('a', 'B', 'é', '\u{1F600}', '\uFF5E', 'ab', 'b', '');
    const state = fc.constantFrom<StateName>('up', 'down', 'waiting', 'invalid');
    const id = fc.constantFrom('1', '2', '3', '4', '5', '6', '\u{1F600}', '\uFF5E');
    const few = fc.integer({ min: 0, max: 3 });
    const change = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), id, name: fc.option(text), number: few }),
      fc.record({ kind: fc.constant('state' as const), id, state, number: few }),
      fc.record({ kind: fc.constant('remove' as const), id }),
    );
    const query = fc.record({
      sort: fc.constantFrom<OverviewSort>(
        'state',
        'name',
        '_id',
        'expected_interval',
        'since',
        'deadline',
        'created',
      ),
      direction: fc.constantFrom<Direction>('asc', 'desc'),
      state: fc.option(state, { nil: undefined }),
      search: fc.constantFrom(undefined, '', 'A', 'b', '1'),
      skip: few,
      limit: fc.integer({ min: 1, max: 4 }),
    });
    const steps = fc.array(fc.oneof(change, query), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const tested = new Overview();
        const model = new Model();
        for (const step of all) {
          if (!('kind' in step)) expect(page(tested, step)).toEqual(model.page(step));
          else if (step.kind === 'remove') expect(tested.remove(step.id)).toBe(model.remove(step.id));
          else if (step.kind === 'state') {
            const { number: since, state: now } = step;
            const next = { state: now, since, lastEvent: null, deadline: since || null };
            tested.setState(step.id, next);
            model.setState(step.id, next);
          } else {
            const { number } = step;
            const fields = { name: step.name, created: number, interval_seconds: number || null };
            tested.set(heartbeat(step.id, fields), WAITING);
            model.set(heartbeat(step.id, fields));
          }
          expect(tested.counts).toEqual(model.counts());
        }
      }),
    );
  });
});

type Row = OverviewFields & EntryState;

/** The same, as simply as can be. */
class Model {
  private readonly rows = new Map<string, Row>();

  set(fields: OverviewFields): void {
    const { state, since, lastEvent, deadline } = this.rows.get(fields._id) ?? WAITING;
    this.rows.set(fields._id, { ...fields, state, since, lastEvent, deadline });
  }

  setState(id: string, state: EntryState): void {
    const row = this.rows.get(id);
    if (row) this.rows.set(id, { ...row, ...state });
  }

  remove(id: string): boolean {
    return this.rows.delete(id);
  }

  counts(): Record<StateName, number> {
    const counts = { up: 0, down: 0, waiting: 0, paused: 0, invalid: 0 };
    for (const { state } of this.rows.values()) counts[state] += 1;
    return counts;
  }

  page({ sort, direction, state, search, skip, limit }: OverviewQuery): string[] {
    const sign = direction === 'asc' ? 1 : -1;
    const expression = new RegExp(containing(search ?? ''));
    return [...this.rows.values()]
      .filter((row) => state === undefined || row.state === state)
      .filter((row) =>
        [
          row.name,
          row.author,
          row.description,
          row._id,
          ...Object.values(row.pattern as Record<string, string>),
        ].some((text) => typeof text === 'string' && expression.test(text)),
      )
      .sort((a, b) => {
        const byId = compare(a._id, b._id);
        if (sort === 'state')
          return sign * compare(rank(a.state), rank(b.state)) || b.since - a.since || byId;
        const field = sort === 'expected_interval' ? 'interval_seconds' : sort;
        const [x, y] = [a[field as keyof Row], b[field as keyof Row]] as [Key, Key];
        if (sort === 'deadline' && (x === null || y === null) && x !== y) return x === null ? 1 : -1;
        return sign * compare(x, y) || byId;
      })
      .slice(skip, skip + limit)
      .map(({ _id }) => _id);
  }
}

type Key = number | string | null | undefined;

const rank = (state: StateName): number => ['down', 'invalid', 'waiting', 'up'].indexOf(state);

function compare(a: Key, b: Key): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return (a === null || a === undefined ? 0 : 1) - (b === null || b === undefined ? 0 : 1);
}
