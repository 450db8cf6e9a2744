import { Injectable } from '@nestjs/common';
import { heartbeatNotFound } from '../../canopsis/canopsis-error';
import type { Overview } from '../overview/overview';
import { OverviewWatch } from '../overview/overview-watch';
import { titleOf } from '../overview/overview-row';
import { openSince } from '../heartbeat-state';
import { inSeconds } from '../state-row';
import { BlindnessStatus } from '../blindness-status';
import type { AlarmQuery } from './alarm-query';
import { inOrder } from './arrivals';
import { HistoryCollection, type StateWithPast } from './history-collection';

/** So many alarms can be asked for in all; pages behind them are empty. */
export const MOST_ALARMS = 10_000;

/** So many times in which events could not be heard are told; the engine keeps more. */
const MOST_BLIND = 100;

/** A time in unix seconds with milliseconds as decimals; `to` is null while it lasts. */
export interface Span {
  readonly from: number;
  readonly to: number | null;
}

/** What is known of a heartbeat's past, the oldest first. */
export interface Past {
  /** When events came, in unix seconds; at most 40, and 20 for each interval. */
  readonly arrivals: readonly number[];
  readonly alarms: readonly Span[];
  /** When events could not be heard, at most 100; the same for all heartbeats. */
  readonly blind: readonly Span[];
}

/** An alarm, open or resolved. */
export interface Alarm extends Span {
  /** The heartbeat's id. */
  readonly heartbeat: string;
  /** What the heartbeat is called: its name, or without one its pattern. */
  readonly name: string;
}

/** Tells what was kept of the past. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly collection: HistoryCollection,
    private readonly blindness: BlindnessStatus,
    private readonly watch: OverviewWatch,
  ) {}

  /** @throws CanopsisError 404 `heartbeat not found` */
  async past(id: string): Promise<Past> {
    const [exists, state, [arrivals], spans, blindSince] = await Promise.all([
      this.collection.exists(id),
      this.collection.state(id),
      this.collection.arrivals([id]),
      this.collection.blindSpans(),
      this.blindness.blindSince(),
    ]);
    if (!exists) throw heartbeatNotFound(id);
    const open = blindSince === null ? [] : [{ from: blindSince, to: null }];
    const blind = [...spans, ...open].map(spanOf);
    return {
      arrivals: inOrder(arrivals?.at ?? []),
      alarms: state === null ? [] : alarmsOf(state),
      blind: blind.slice(-MOST_BLIND),
    };
  }

  /** @returns the open ones, the last raised first, then the others, the last resolved first */
  async alarms({ page, limit, state }: AlarmQuery): Promise<Alarm[]> {
    const overview = await this.watch.ready();
    const until = Math.min(page * limit, MOST_ALARMS);
    const open = state === 'resolved' ? [] : await this.open(overview, until);
    const more = until - open.length;
    const resolved = state === 'open' || more <= 0 ? [] : await this.resolved(overview, more);
    // One that was resolved between the two readings is told as open.
    const known = new Set(open.map(nameOfAlarm));
    const all = [...open, ...resolved.filter((alarm) => !known.has(nameOfAlarm(alarm)))];
    return all.slice((page - 1) * limit, until);
  }

  /** In the overview the state of those that were paused says `paused`, or `down` since the pause ended. */
  private async open(overview: Overview, limit: number): Promise<Alarm[]> {
    const paused = await this.collection.openThroughPauses();
    const since = new Map(paused.map(({ _id, alarm_since }) => [_id, alarm_since]));
    const query = { sort: 'state', direction: 'asc', state: 'down', skip: 0 } as const;
    const { entries } = overview.page({ ...query, limit: limit + since.size });
    for (const entry of entries) if (!since.has(entry.id)) since.set(entry.id, entry.since);
    const alarms = [...since].flatMap(([id, from]): Alarm[] =>
      overview.get(id) === undefined ? [] : [{ ...spanOf({ from, to: null }), ...namesOf(overview, id) }],
    );
    return alarms.sort((a, b) => b.from - a.from).slice(0, limit);
  }

  /** Each of the last alarms is one of the heartbeats whose last alarm was resolved last, so no others are read. */
  private async resolved(overview: Overview, limit: number): Promise<Alarm[]> {
    const states = await this.collection.lastResolved(limit);
    const alarms = states.flatMap(({ _id, past = [] }) =>
      past.map((one): Alarm => ({ ...spanOf(one), ...namesOf(overview, _id) })),
    );
    const byEnd = (a: Alarm, b: Alarm): number => (b.to ?? 0) - (a.to ?? 0) || b.from - a.from;
    return alarms.sort(byEnd).slice(0, limit);
  }
}

function namesOf(overview: Overview, id: string): Pick<Alarm, 'heartbeat' | 'name'> {
  const entry = overview.get(id);
  return { heartbeat: id, name: entry === undefined ? id : titleOf(entry) };
}

function alarmsOf(state: StateWithPast): Span[] {
  const over = (state.past ?? []).map(spanOf);
  const from = openSince(state);
  return from === undefined ? over : [...over, spanOf({ from, to: null })];
}

const nameOfAlarm = ({ heartbeat, from }: Alarm): string => `${heartbeat} ${from}`;
const spanOf = ({ from, to }: Span): Span => ({ from: from / 1_000, to: inSeconds(to) });
