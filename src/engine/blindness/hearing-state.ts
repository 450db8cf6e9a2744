/**
 * What one engine can see of the way of events by itself, as a state machine: pure transitions, no clock, no broker. What
 * follows from it and from what other engines say is in `evidence.ts`. Times are milliseconds on the shared clock.
 */

/** The queue as it was at one moment. */
export interface QueueInspection {
  /** When the broker was asked: what it says is of this moment, or a later one. */
  readonly askedAt: number;
  /** How many messages waited that no consumer had. */
  readonly waiting: number;
  /** How many consumers the queue had, those of this engine among them. */
  readonly consumers: number;
}

/** How many messages have come to this engine so far. */
export interface Arrivals {
  /** All of them. */
  readonly received: number;
  /** Those that came through the exchange for the first time. */
  readonly fresh: number;
}

/** An inspection, after which all that waited then has been received by some engine, and what this one received is stored. */
export type Cleared = Pick<QueueInspection, 'askedAt' | 'consumers'>;

export interface HearingState {
  /**
   * `deaf`: no consumer is connected. `catching-up`: one is, and what waited before it has not all come yet. `hearing`: it
   * has.
   */
  readonly phase: 'deaf' | 'catching-up' | 'hearing';
  /** Since when the consumer is connected; of no meaning while it is not. */
  readonly since: number;
  /** Whether the broker holds back whoever publishes. */
  readonly blocked: boolean;
  readonly arrivals: Arrivals;
  /** What was seen, until all that waited then has come, and how much must have come by then. */
  readonly pending: (Cleared & { readonly target: number }) | undefined;
  /** All that waited has come, and is not stored yet; with what had arrived by then. */
  readonly received: (Cleared & { readonly fresh: number }) | undefined;
  /** The latest, the oldest first. */
  readonly cleared: readonly Cleared[];
  /** Something came the whole way after this time, as far as this engine has seen. */
  readonly arrivedAfter: number;
}

export type HearingEvent =
  | { readonly type: 'connected'; readonly at: number }
  | { readonly type: 'lost' }
  /** The database failed, or the process stood still: what is in hand must be seen to first. */
  | { readonly type: 'disturbed' }
  /** All times from before are on another clock. */
  | { readonly type: 'clock-set'; readonly at: number }
  | { readonly type: 'blocked'; readonly blocked: boolean }
  | ({ readonly type: 'inspected'; readonly arrivals: Arrivals } & QueueInspection)
  | { readonly type: 'arrived'; readonly arrivals: Arrivals }
  /** All that was received up to `received.askedAt` is stored. */
  | { readonly type: 'stored'; readonly askedAt: number };

/** So many inspections are remembered: other engines may have got past one of them, but not past the latest. */
const REMEMBERED = 16;

export const DEAF: HearingState = {
  phase: 'deaf',
  since: 0,
  blocked: false,
  arrivals: { received: 0, fresh: 0 },
  pending: undefined,
  received: undefined,
  cleared: [],
  arrivedAfter: Number.NEGATIVE_INFINITY,
};

const NOTHING_SEEN = { pending: undefined, received: undefined, cleared: [] } as const;

/** The state after an event. */
export function transition(state: HearingState, event: HearingEvent): HearingState {
  switch (event.type) {
    case 'connected':
      return { ...state, ...NOTHING_SEEN, phase: 'catching-up', since: event.at };
    case 'lost':
      return { ...state, ...NOTHING_SEEN, phase: 'deaf' };
    case 'disturbed':
      return { ...state, ...NOTHING_SEEN, phase: state.phase === 'deaf' ? 'deaf' : 'catching-up' };
    case 'clock-set':
      return {
        ...transition(state, { type: 'disturbed' }),
        since: event.at,
        arrivedAfter: Number.NEGATIVE_INFINITY,
      };
    case 'blocked':
      return { ...state, blocked: event.blocked };
    case 'inspected':
      return state.phase === 'deaf' ? state : inspected(withArrivals(state, event.arrivals), event);
    case 'arrived':
      return state.phase === 'deaf' ? state : withArrivals(state, event.arrivals);
    case 'stored':
      return stored(state, event.askedAt);
  }
}

/** The queue is first in, first out: what waited has come to some engine once as many messages have come to this one. */
function inspected(state: HearingState, { askedAt, waiting, consumers }: QueueInspection): HearingState {
  const { received } = state.arrivals;
  // A queue that is never empty must not make it begin anew each time.
  if (waiting > 0 && state.pending !== undefined) return state;
  return withArrivals(
    { ...state, pending: { askedAt, consumers, target: received + waiting } },
    state.arrivals,
  );
}

function withArrivals(state: HearingState, arrivals: Arrivals): HearingState {
  const next = { ...state, arrivals };
  const { received, pending } = state;
  if (received !== undefined && arrivals.fresh > received.fresh) next.arrivedAfter = received.askedAt;
  if (pending === undefined || arrivals.received < pending.target) return next;
  const { askedAt, consumers } = pending;
  return { ...next, pending: undefined, received: { askedAt, consumers, fresh: arrivals.fresh } };
}

function stored(state: HearingState, until: number): HearingState {
  const { received, cleared } = state;
  if (state.phase === 'deaf' || received?.askedAt !== until) return state;
  if (cleared.at(-1)?.askedAt === until) return state;
  const { askedAt, consumers } = received;
  const latest = [...cleared, { askedAt, consumers }].slice(-REMEMBERED);
  return { ...state, phase: 'hearing', cleared: latest };
}
