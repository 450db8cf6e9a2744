import type { mongo } from 'mongoose';
import { resolved, resourceOf } from '../alarm';
import { type HeartbeatState, mayBeInserted } from '../state/heartbeat-state';
import { patternFingerprint, type Rule, type ValidRule } from './rule';

/** A state document as it is read to hold its heartbeat against it. */
export type KnownState = Omit<HeartbeatState, 'outbox'>;

type Filter = mongo.Filter<HeartbeatState>;
type Update = mongo.UpdateFilter<HeartbeatState>;

/** One write that brings a state document into agreement with its heartbeat. */
export type Plan =
  | { readonly insert: HeartbeatState }
  | { readonly filter: Filter; readonly update: Update }
  | { readonly filter: Filter; readonly update?: undefined };

/** What planning depends on besides the two documents. Times in milliseconds. */
export interface PlanContext {
  readonly now: number;
  /** When hearing last came back after blindness, see `Hearing`. */
  readonly againAt: number;
  readonly blindGraceMs: number;
  readonly repeatMs?: number;
}

/**
 * What must be written so that the state agrees with the heartbeat's rule, or nothing where it does. Pure. Every write is
 * a compare-and-set on the revision, and on all else that was read to make it, so that it does nothing where another
 * process was first (contract: engine, "States" and "Alarms out": a changed pattern resolves and starts afresh, a
 * changed interval moves the deadline, a deleted heartbeat resolves).
 *
 * @param rule undefined where there is no such heartbeat
 * @param state undefined where there is no such document; read before the heartbeat was
 */
export function plan(
  rule: Rule | undefined,
  state: KnownState | undefined,
  context: PlanContext,
): Plan | undefined {
  if (rule === undefined) return state && farewell(state, context);
  if (state === undefined) return { insert: newborn(rule, context) };
  if (state.removed) return afresh(rule, state, context);
  if (state.rule === rule.fingerprint) return repetition(state, context);
  if (rule.valid && state.pattern === patternFingerprint(rule.pattern)) return adjusted(rule, state, context);
  return afresh(rule, state, context);
}

/** The fields of a state that begins now. */
function beginning(
  rule: Rule,
  now: number,
): Omit<HeartbeatState, keyof typeof EMPTY_OUTBOX | '_id' | 'revision'> {
  const common = { since: now, last_event: null, rule: rule.fingerprint };
  if (!rule.valid) {
    const nothing = { pattern: '', resource: '', interval: '', interval_ms: 0, output: null };
    return { ...common, ...nothing, state: 'invalid', deadline: null };
  }
  return { ...common, ...textsOf(rule), state: 'waiting', deadline: now + rule.intervalMs };
}

const EMPTY_OUTBOX = { outbox: [], unsent: 0, leased_until: 0, attempts: 0 };

const textsOf = (
  rule: ValidRule,
): Pick<HeartbeatState, 'pattern' | 'resource' | 'interval' | 'interval_ms' | 'output'> => ({
  pattern: patternFingerprint(rule.pattern),
  resource: resourceOf(rule.pattern),
  interval: rule.interval,
  interval_ms: rule.intervalMs,
  output: rule.output,
});

function newborn(rule: Rule, { now }: PlanContext): HeartbeatState {
  return { _id: rule.id, ...beginning(rule, now), revision: 1, ...EMPTY_OUTBOX, outbox: [] };
}

function afresh(rule: Rule, state: KnownState, { now }: PlanContext): Plan {
  return {
    filter: unchanged(state),
    update: {
      $set: beginning(rule, now),
      $unset: { removed: '', repeat_at: '' },
      ...revised(state, now),
    },
  };
}

/** An alarm that is open stays open: the next event, or the next silence, goes by the new rule. */
function adjusted(rule: ValidRule, state: KnownState, { now, againAt, blindGraceMs }: PlanContext): Plan {
  const base = state.last_event ?? state.since;
  const grace = againAt + Math.min(rule.intervalMs, blindGraceMs);
  const deadline = Math.max(base + rule.intervalMs, grace);
  const moved = rule.intervalMs !== state.interval_ms && { deadline };
  const open = { ...state, state: 'up' } as const;
  return {
    filter: { ...unchanged(state), last_event: state.last_event },
    update: { $set: { rule: rule.fingerprint, ...textsOf(rule), ...moved }, ...revised(open, now) },
  };
}

/** The heartbeat is gone. The document waits until the last alarm is sent: then it goes as well. */
function farewell(state: KnownState, { now }: PlanContext): Plan | undefined {
  if (mayBeInserted(state, now)) return undefined;
  if (state.state !== 'down' && state.unsent === 0) return { filter: { ...unchanged(state), unsent: 0 } };
  if (state.removed && state.deadline === null && state.state !== 'down') return undefined;
  return {
    filter: unchanged(state),
    update: {
      $set: { state: 'waiting', since: now, deadline: null, rule: '', removed: true },
      $unset: { repeat_at: '' },
      ...revised(state, now),
    },
  };
}

/** Alarms that were opened while repeating was off are repeated as well once it is on. */
function repetition(state: KnownState, { now, repeatMs }: PlanContext): Plan | undefined {
  if (repeatMs === undefined || state.state !== 'down' || state.repeat_at !== undefined) return undefined;
  return { filter: unchanged(state), update: { $set: { repeat_at: now + repeatMs } } };
}

const unchanged = ({ _id, revision, state }: KnownState): Filter => ({ _id, revision, state });

/** The next revision, which resolves the alarm that is open. */
function revised(state: KnownState, now: number): Update {
  if (state.state !== 'down') return { $inc: { revision: 1 } };
  return { $inc: { revision: 1, unsent: 1 }, $push: { outbox: resolved(state, now) } };
}
