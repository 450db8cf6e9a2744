import { RecentEvents } from './recent-events';
import { UnmatchedSources } from './unmatched-sources';

const MINUTE = 60_000;

describe('RecentEvents', () => {
  it('keeps the last 200, the last one first', () => {
    const recent = new RecentEvents();
    expect(recent.list()).toEqual([]);
    for (let i = 0; i < 250; i += 1) recent.note({ i }, i * 1_000);
    const list = recent.list();
    expect(list).toHaveLength(200);
    expect(list[0]).toEqual({ at: 249_000, text: '{"i":249}' });
    expect(list.at(-1)).toEqual({ at: 50_000, text: '{"i":50}' });
  });

  it('takes 200 of a second, and again in the next', () => {
    const recent = new RecentEvents();
    for (let i = 0; i < 1_000; i += 1) recent.note({ i }, 5_000);
    expect(recent.list()[0]).toEqual({ at: 5_000, text: '{"i":199}' });
    recent.note({ next: 1 }, 6_000);
    expect(recent.list()[0]?.text).toBe('{"next":1}');
  });

  it('leaves out what is large or deep', () => {
    const recent = new RecentEvents();
    let deep: unknown = 1;
    for (let i = 0; i < 200_000; i += 1) deep = [deep];
    recent.note({ a: 'x'.repeat(20_000) }, 1);
    recent.note({ a: Array.from({ length: 10_000 }, () => 1) }, 1);
    recent.note({ a: '"'.repeat(10_000) }, 1);
    recent.note({ deep }, 1);
    expect(recent.list()).toEqual([]);
    recent.note({ a: 'x'.repeat(16_000) }, 1);
    expect(recent.list()).toHaveLength(1);
  });
});

describe('UnmatchedSources', () => {
  const event = (connector: unknown, connector_name?: unknown) => ({ connector, connector_name });

  it('counts by connector and its name, of an hour', () => {
    const sources = new UnmatchedSources();
    for (let minute = 0; minute < 30; minute += 1) sources.note(event('c', 'n'), minute * MINUTE);
    sources.note(event('c', 'm'), 29 * MINUTE);
    expect(sources.list(29 * MINUTE)).toEqual([
      { connector: 'c', connector_name: 'n', count: 30, last: 29 * MINUTE },
      { connector: 'c', connector_name: 'm', count: 1, last: 29 * MINUTE },
    ]);
    const [later] = sources.list(75 * MINUTE);
    expect(later?.count).toBeGreaterThanOrEqual(10);
    expect(later?.count).toBeLessThanOrEqual(15);
    expect(sources.list(95 * MINUTE)).toEqual([]);
    sources.note(event('c', 'n'), 300 * MINUTE);
    expect(sources.list(300 * MINUTE)).toMatchObject([{ count: 1 }]);
  });

  it('bears a clock that is set back, and names that are none', () => {
    const sources = new UnmatchedSources();
    sources.note(event('c', 'n'), 100 * MINUTE);
    sources.note(event('c', 'n'), 10 * MINUTE);
    sources.note(event(5, 'x'.repeat(1_000)), 100 * MINUTE);
    expect(sources.list(100 * MINUTE).map(({ count }) => count)).toEqual([2, 1]);
    expect(sources.list(100 * MINUTE)[1]).toMatchObject({ connector: '', connector_name: 'x'.repeat(200) });
  });

  it('forgets those that were heard longest ago', () => {
    const sources = new UnmatchedSources();
    for (let i = 0; i < 3_000; i += 1) sources.note(event(`c${i}`), i);
    const list = sources.list(3_000);
    expect(list.length).toBeLessThanOrEqual(1_000);
    expect(list[0]).toMatchObject({ connector: 'c2999' });
  });
});
