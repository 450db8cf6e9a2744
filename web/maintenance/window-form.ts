import { type FormRow, patternOf, rowsOf } from '../editor/form';
import { type Unit, inLargestUnit, intervalSeconds } from '../times';
import type { Window } from '../types';

/** What one fills in; everything as it stands in the fields. */
export interface WindowForm {
  name: string;
  /** None: for all heartbeats. */
  rows: FormRow[];
  recurs: boolean;
  /** Times of the browser's clock. */
  from: string;
  to: string;
  cron: string;
  timezone: string;
  every: string;
  unit: Unit;
}

/** @param window what to begin with; none for a new one */
export function windowFormOf(window?: Window): WindowForm {
  const form: WindowForm = {
    name: window?.name ?? '',
    rows: rowsOf(window?.pattern ?? {}),
    ...{ recurs: false, from: '', to: '', cron: '', every: '', unit: 'h' },
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
  if (window === undefined) return form;
  if (window.cron === undefined) return { ...form, from: localText(window.from), to: localText(window.to) };
  const { cron, timezone, duration } = window;
  const [count, unit] = inLargestUnit(intervalSeconds(duration) ?? 0);
  return { ...form, recurs: true, cron, timezone, every: String(count), unit };
}

/** @returns what the API is sent */
export function windowOf({ name, rows, recurs, cron, timezone, every, unit, ...form }: WindowForm): unknown {
  const common = { name, pattern: rows.length === 0 ? null : patternOf(rows) };
  if (recurs) return { ...common, cron, timezone, duration: `${Number(every)}${unit}` };
  return { ...common, from: secondsOf(form.from), to: secondsOf(form.to) };
}

export type WindowFault = 'name' | 'from' | 'to' | 'cron' | 'lasts';

/** @returns the fields that are wrong; what else is wrong with the expression, the zone and the duration the API says */
export function faultsOfWindow({ name, recurs, from, to, cron, every }: WindowForm): Set<WindowFault> {
  const isWrong: Record<WindowFault, boolean> = {
    name: name === '',
    from: !recurs && from === '',
    to: !recurs && (to === '' || secondsOf(to) <= secondsOf(from)),
    cron: recurs && cron.trim() === '',
    lasts: recurs && !/^0*[1-9][0-9]*$/.test(every.trim()),
  };
  return new Set((Object.keys(isWrong) as WindowFault[]).filter((field) => isWrong[field]));
}

const secondsOf = (local: string): number => new Date(local).getTime() / 1_000;

/** As a field of date and time has it; Swedish is written so. */
const localText = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleString('sv').replace(' ', 'T');
