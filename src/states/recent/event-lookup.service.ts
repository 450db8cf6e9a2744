import { Inject, Injectable } from '@nestjs/common';
import { invalidPayload } from '../../canopsis/canopsis-error';
import { isPattern } from '../../domain/pattern';
import { type CanopsisEvent, isDeeperThanEvents } from '../../events/event';
import { isJsonObject } from '../../util/json-object';
import { CLOCK, type Clock } from '../../util/clock';
import type { StateName } from '../heartbeat-state';
import { type WrongField, countMatches, matchEvent } from '../overview/event-matching';
import type { Overview } from '../overview/overview';
import { OverviewCollection } from '../overview/overview-collection';
import { type OverviewEntry, withPattern } from '../overview/overview-entry';
import { titleOf } from '../overview/overview-row';
import { OverviewWatch } from '../overview/overview-watch';
import { EventMemory } from './event-memory';
import type { UnmatchedSource } from './unmatched-sources';

/** What was answered is good for so long, in milliseconds: pages that are open ask every 10 s each. */
const GOOD_FOR_MS = 1_000;

/** A heartbeat, as people call it. */
export interface NamedHeartbeat {
  readonly _id: string;
  /** Its name, or without one its pattern. */
  readonly name: string;
  readonly state: StateName;
}

/** Which heartbeats an event belongs to. */
export interface MatchAnswer {
  readonly matching: readonly NamedHeartbeat[];
  /** Those that it misses by one field, the nearest first. */
  readonly almost: readonly (NamedHeartbeat & { readonly wrong: readonly WrongField[] })[];
}

/** What came lately to this process; times are unix seconds with milliseconds as decimals. */
export interface EventsAnswer {
  /** The last one first. */
  readonly events: readonly {
    readonly at: number;
    readonly event: CanopsisEvent;
    /** How many heartbeats it belongs to, as they are now. */
    readonly matches: number;
  }[];
  /** Who sent, within the last hour, events that belonged to no heartbeat. */
  readonly unmatched: readonly UnmatchedSource[];
}

/** Holds events against the heartbeats for people who write patterns. Every method throws `DatabaseError` when the database fails. */
@Injectable()
export class EventLookupService {
  private known: { readonly at: number; readonly answer: Promise<EventsAnswer> } | undefined;

  constructor(
    private readonly memory: EventMemory,
    private readonly watch: OverviewWatch,
    private readonly collection: OverviewCollection,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param event changes nothing: no engine hears it
   * @throws CanopsisError 400 `invalid event payload.` where it is no object, or nested over 100 deep
   */
  async match(event: unknown): Promise<MatchAnswer> {
    if (!isJsonObject(event) || isDeeperThanEvents(event))
      throw invalidPayload('event', 'the body must be an object, nested at most 100 deep');
    const overview = await this.watch.ready();
    const { matching, almost } = matchEvent(event, await this.entries(overview));
    const named = ({ id, state }: OverviewEntry): NamedHeartbeat => {
      const entry = overview.get(id);
      return { _id: id, name: entry === undefined ? id : titleOf(entry), state };
    };
    return {
      matching: matching.map(named),
      almost: almost.map(({ entry, wrong }) => ({ ...named(entry), wrong: [wrong] })),
    };
  }

  /** @returns what came lately to this process, with how many heartbeats wait for it */
  recent(): Promise<EventsAnswer> {
    const at = this.clock.monotonic();
    if (this.known !== undefined && at - this.known.at < GOOD_FOR_MS) return this.known.answer;
    const answer = this.readRecent();
    const known = { at, answer };
    this.known = known;
    answer.catch(() => {
      if (this.known === known) this.known = undefined;
    });
    return answer;
  }

  private async readRecent(): Promise<EventsAnswer> {
    const overview = await this.watch.ready();
    const heard = this.memory.recent
      .list()
      .map(({ at, text }) => ({ at: at / 1_000, event: JSON.parse(text) as CanopsisEvent }));
    const counts = countMatches(
      heard.map(({ event }) => event),
      await this.entries(overview),
    );
    return {
      events: heard.map((one, index) => ({ ...one, matches: counts[index] ?? 0 })),
      unmatched: this.memory.unmatched
        .list(this.clock.now())
        .map((source) => ({ ...source, last: source.last / 1_000 })),
    };
  }

  /** All heartbeats with their patterns: those of the few that are too long for the overview are read. */
  private async entries(overview: Overview): Promise<Iterable<OverviewEntry>> {
    const partial = [...overview.partial];
    if (partial.length === 0) return overview.all();
    const whole = [...overview.all()].filter(({ id }) => !overview.partial.has(id));
    const read = await this.collection.heartbeatsById(partial);
    return whole.concat(
      read.flatMap(({ _id, pattern }) => {
        const entry = overview.get(_id);
        return entry !== undefined && isPattern(pattern) ? withPattern(entry, pattern) : [];
      }),
    );
  }
}
