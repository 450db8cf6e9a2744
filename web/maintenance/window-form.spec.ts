import { newRow } from '../editor/form';
import type { Window } from '../types';
import { faultsOfWindow, windowFormOf, windowOf } from './window-form';

const common = { _id: 'x', name: 'disks', next: null };
const once: Window = { ...common, pattern: { component: 'lille' }, from: 1_795_320_000, to: 1_795_327_205 };
const weekly: Window = {
  ...common,
  pattern: null,
  cron: '0 2 * * SUN',
  timezone: 'Europe/Paris',
  duration: '90m',
};

describe('the form of a maintenance window', () => {
  it('gives back what it was filled in with', () => {
    const { name, pattern, from, to } = once;
    expect(windowOf(windowFormOf(once))).toEqual({ name, pattern, from, to });
    const { cron, timezone, duration } = weekly;
    expect(windowOf(windowFormOf(weekly))).toEqual({ name, pattern: null, cron, timezone, duration });
  });

  it('is of all heartbeats, once, by the browser’s clock, where it is new', () => {
    const form = { ...windowFormOf(), name: 'new', from: '2030-01-01T10:00', to: '2030-01-01T12:30' };
    expect(windowOf(form)).toEqual({
      ...{ name: 'new', pattern: null },
      ...{
        from: new Date(2030, 0, 1, 10).getTime() / 1_000,
        to: new Date(2030, 0, 1, 12, 30).getTime() / 1_000,
      },
    });
    expect(windowOf({ ...form, rows: [newRow('component', 'lille')] })).toMatchObject({
      pattern: { component: 'lille' },
    });
    expect(form.timezone).toBe(Intl.DateTimeFormat().resolvedOptions().timeZone);
  });

  it('wants a name, and either an end after the beginning or an expression and a duration', () => {
    const empty = windowFormOf();
    expect([...faultsOfWindow(empty)]).toEqual(['name', 'from', 'to']);
    expect([...faultsOfWindow({ ...empty, to: windowFormOf(once).to })]).toEqual(['name', 'from']);
    expect([...faultsOfWindow({ ...empty, recurs: true })]).toEqual(['name', 'cron', 'lasts']);
    const [full, recurring] = [windowFormOf(once), windowFormOf(weekly)];
    expect([...faultsOfWindow(full)]).toEqual([]);
    expect([...faultsOfWindow({ ...full, to: full.from })]).toEqual(['to']);
    expect([...faultsOfWindow(recurring)]).toEqual([]);
    for (const every of ['0', '1.5', '-1', 'x']) {
      expect([every, ...faultsOfWindow({ ...recurring, every })]).toEqual([every, 'lasts']);
    }
  });
});
