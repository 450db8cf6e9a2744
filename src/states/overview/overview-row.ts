import { TEXT_FIELDS } from '../../domain/heartbeat-fields';
import { type StateRow, inSeconds } from '../state-row';
import { type OverviewEntry, type OverviewFields, nameOf, patternOf, shownHeartbeat } from './overview-entry';

/** A heartbeat with its state, as the overview answers it; times are unix seconds with milliseconds as decimals. */
export interface OverviewRow extends StateRow {
  readonly pattern: unknown;
  readonly expected_interval: unknown;
  readonly name?: string;
  readonly description?: string;
  readonly author?: string;
  readonly output?: string;
  /** Unix seconds. */
  readonly created?: number | null;
  /** Unix seconds. */
  readonly updated?: number | null;
  /** Of the last arrivals, oldest first: each gap between two in percent of the interval; 32 at most. */
  readonly gaps: readonly number[];
}

/** @param read the heartbeat as it is stored; needed of one that is not known whole */
export function overviewRow(
  entry: OverviewEntry,
  gaps: readonly number[],
  read: OverviewFields | undefined,
): OverviewRow {
  const { state, since, lastEvent, deadline } = entry;
  return {
    ...(entry.partial ? presented(entry, read) : shownHeartbeat(entry)),
    state,
    since: since / 1_000,
    last_event: inSeconds(lastEvent),
    deadline: inSeconds(deadline),
    gaps,
  };
}

/** What a heartbeat is called: its name, or without one its pattern on one line. */
export function titleOf(entry: OverviewEntry): string {
  const name = nameOf(entry);
  if (name !== undefined && name !== '') return name;
  const fields = Object.entries(patternOf(entry)).map(([field, value]) => `${field}: ${value}`);
  return fields.join(' · ');
}

/** What another program wrote is shown as far as it is what it should be. */
function presented(
  { id: _id, interval, created, updated }: OverviewEntry,
  read: OverviewFields | undefined,
): Omit<OverviewRow, keyof StateRow | 'gaps'> & { readonly _id: string } {
  const { pattern = {}, expected_interval = interval } = read ?? {};
  const texts = TEXT_FIELDS.flatMap((name) => {
    const text = read?.[name];
    return typeof text === 'string' ? [[name, text] as const] : [];
  });
  return { _id, pattern, expected_interval, created, updated, ...Object.fromEntries(texts) };
}
