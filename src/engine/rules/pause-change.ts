import { NO_WINDOWS, type Calendar } from '../../domain/calendar';
import { isPausedAt, pauseEnd } from '../../domain/pause';
import { type HeartbeatState, openSince, silentFrom } from '../../states/heartbeat-state';
import type { ValidRule } from './rule';

/** What is read of a state here. */
type Known = Pick<
  HeartbeatState,
  'state' | 'since' | 'last_event' | 'alarm_since' | 'interval_ms' | 'deadline' | 'reason'
>;

/** Times in milliseconds. */
interface Context {
  readonly now: number;
  /** How often an open alarm is repeated; absent: never. */
  readonly repeatMs?: number;
  /** The maintenance windows. Default: none. */
  readonly calendar?: Calendar;
}

/** That a heartbeat is not watched, by its own pause or in maintenance. */
export interface Quiet {
  /** When none of them lasts any more, in milliseconds since the epoch; null where somebody has to end it. */
  readonly end: number | null;
  readonly reason?: string;
}

/** Fields that a state gets, and those that it loses. */
export interface StateChange {
  readonly set: Partial<HeartbeatState>;
  readonly lost: readonly (keyof HeartbeatState)[];
}

/** @returns what keeps a heartbeat from being watched now; undefined where nothing does */
export function quietOf(
  { pause, pattern }: ValidRule,
  { now, calendar = NO_WINDOWS }: Context,
): Quiet | undefined {
  const own = isPausedAt(pause, now) ? pause : undefined;
  const maintenance = own || calendar.isEmpty ? undefined : calendar.at(pattern, now);
  if (own === undefined) {
    return maintenance && { end: maintenance.end, reason: `maintenance: ${maintenance.name}` };
  }
  const { reason } = own;
  const end = pauseEnd(own);
  const later = end === null || calendar.isEmpty ? end : calendar.endOf(pattern, end);
  return { end: later, ...(reason !== undefined && { reason }) };
}

/** A state that is paused from now on, whatever it was. @returns undefined where the heartbeat is watched */
export function pausedState(
  rule: ValidRule,
  context: Context,
): Pick<HeartbeatState, 'state' | 'since' | 'deadline' | 'reason'> | undefined {
  const quiet = quietOf(rule, context);
  if (quiet === undefined) return undefined;
  const { end, reason } = quiet;
  return { state: 'paused', since: context.now, deadline: end, ...(reason !== undefined && { reason }) };
}

/** Whether a state is paused exactly where it is to be, as far as this is seen without writing. */
export function agreesInQuiet(
  rule: ValidRule,
  { state, deadline, reason }: Pick<HeartbeatState, 'state' | 'deadline' | 'reason'>,
  context: Context,
): boolean {
  const quiet = quietOf(rule, context);
  if (quiet === undefined) return state !== 'paused';
  return state === 'paused' && deadline === quiet.end && reason === quiet.reason;
}

/** When a heartbeat was last watched again, as far as that is over; -Infinity where nothing ever kept it from that. */
function lastEnd({ pause, pattern }: ValidRule, { now, calendar = NO_WINDOWS }: Context): number {
  const own = (pause && pauseEnd(pause)) ?? -Infinity;
  return calendar.isEmpty ? own : Math.max(own, calendar.lastEnd(pattern, now));
}

/**
 * What becomes of a state whose pattern stays: its pause, or a maintenance window, begins, is another one or ends; or there was one
 * of which nobody here heard while it lasted. An alarm that is open stays open. After a pause the interval begins anew.
 */
export function standing(rule: ValidRule, state: Known, context: Context): StateChange {
  const paused = pausedState(rule, context);
  if (paused !== undefined) return pausing(paused, state);
  if (state.state === 'paused') return resuming(rule, state, context);
  if (state.state === 'down') {
    const deadline = (state.last_event ?? state.since) + rule.intervalMs;
    return { set: rule.intervalMs !== state.interval_ms ? { deadline } : {}, lost: [] };
  }
  const from = silentFrom(state);
  const end = lastEnd(rule, context);
  if (end > from) {
    return { set: { since: end, deadline: end + rule.intervalMs }, lost: [] };
  }
  const deadline = from + rule.intervalMs;
  return { set: rule.intervalMs !== state.interval_ms ? { deadline } : {}, lost: [] };
}

function pausing(paused: NonNullable<ReturnType<typeof pausedState>>, state: Known): StateChange {
  const { reason, deadline } = paused;
  const lost = ['repeat_at', ...(reason === undefined ? (['reason'] as const) : [])] as const;
  if (state.state === 'paused') {
    const same = state.deadline === deadline && state.reason === reason;
    return { set: { ...paused, ...(same && { since: state.since }) }, lost };
  }
  const alarm = openSince(state);
  return { set: { ...paused, ...(alarm !== undefined && { alarm_since: alarm }) }, lost };
}

/** It goes by the moment at which the end is noticed: an engine that was away meanwhile takes nothing for silence. */
function resuming(rule: ValidRule, state: Known, { now, repeatMs }: Context): StateChange {
  const { alarm_since, last_event } = state;
  if (alarm_since !== undefined) {
    const deadline = last_event === null ? alarm_since : last_event + rule.intervalMs;
    const repeat = repeatMs !== undefined && { repeat_at: now + repeatMs };
    return { set: { state: 'down', since: now, deadline, ...repeat }, lost: ['reason'] };
  }
  const deadline = now + rule.intervalMs;
  const resumed = last_event === null ? 'waiting' : 'up';
  return { set: { state: resumed, since: now, deadline }, lost: ['reason'] };
}

/** Whether a change does anything to a state. */
export const isChange = ({ set, lost }: StateChange, state: Readonly<Partial<HeartbeatState>>): boolean =>
  lost.some((field) => state[field] !== undefined) ||
  Object.entries(set).some(([field, value]) => state[field as keyof HeartbeatState] !== value);
