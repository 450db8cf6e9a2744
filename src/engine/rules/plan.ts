import type { mongo } from 'mongoose';
import { ended, resourceOf } from '../alarms/alarm';
import type { Calendar } from '../../domain/calendar';
import { type HeartbeatState, isFreshTombstone, NOT_OPEN, openSince } from '../../states/heartbeat-state';
import { MAIN_ALONE, type OutboxName, queued, unsentIn } from '../../states/outbox-fields';
import { closing } from '../../states/history/past-alarm';
import { isChange, pausedState, standing, type StateChange } from './pause-change';
import { patternFingerprint, type Rule, type ValidRule } from './rule';

/** A state document as it is read to hold its heartbeat against it. */
export type KnownState = Omit<HeartbeatState, 'outbox' | 'webhook_outbox'>;

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
  readonly repeatMs?: number;
  /** Whom alarms are for. Default: one receiver. */
  readonly outboxes?: readonly OutboxName[];
  /** The maintenance windows. Default: none. */
  readonly calendar?: Calendar;
}

/**
 * What must be written so that the state agrees with the heartbeat's rule, or nothing where it does. Pure. Every write is
 * a compare-and-set on the revision, and on all else that was read to make it, so that it does nothing where another
 * process was first (contract: engine, "States" and "Alarms out": a changed pattern resolves and starts afresh, a
 * changed interval moves the deadline, a deleted heartbeat resolves; decisions 28 and 30: a pause, maintenance).
 *
 * @param rule undefined where there is no such heartbeat
 * @param state undefined where there is no such document; read before the heartbeat was
 */
export function plan(
  rule: Rule | undefined,
  state: KnownState | undefined,
  context: PlanContext,
): Plan | undefined {
  if (rule === undefined) return state && planRemoval(state, context);
  if (state === undefined) return { insert: initialState(rule, context) };
  if (state.removed) return planReset(rule, state, context);
  if (state.rule === rule.fingerprint) return planQuiet(rule, state, context) ?? planRepeat(state, context);
  if (rule.valid && state.pattern === patternFingerprint(rule.pattern))
    return planRuleChange(rule, state, context);
  return planReset(rule, state, context);
}

/** The fields of a state that begins now. */
function beginning(
  rule: Rule,
  context: PlanContext,
): Omit<HeartbeatState, keyof typeof EMPTY_OUTBOX | '_id' | 'revision'> {
  const { now } = context;
  const common = { since: now, last_event: null, rule: rule.fingerprint };
  if (!rule.valid) {
    const nothing = { pattern: '', resource: '', interval: '', interval_ms: 0, output: null };
    return { ...common, ...nothing, state: 'invalid', deadline: null, reason: rule.reason };
  }
  const waiting = { state: 'waiting', deadline: now + rule.intervalMs } as const;
  // What is spread one after another takes V8 ten times as long: at the first start there are 100,000 of these.
  return Object.assign(common, textsOf(rule), waiting, pausedState(rule, context));
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

function initialState(rule: Rule, context: PlanContext): HeartbeatState {
  const first = { _id: rule.id, revision: 1 };
  return Object.assign(first, beginning(rule, context), EMPTY_OUTBOX, { outbox: [] });
}

function planReset(rule: Rule, state: KnownState, context: PlanContext): Plan {
  const $set = beginning(rule, context);
  return {
    filter: unchanged(state),
    update: {
      $set,
      $unset: { ...NOT_OPEN, removed: '', ...($set.reason === undefined && { reason: '' }) },
      ...revised(state, context, state.removed ? 'removed' : 'changed'),
    },
  };
}

/** An alarm that is open stays open: the next event, or the next silence, goes by the new rule. */
function planRuleChange(rule: ValidRule, state: KnownState, context: PlanContext): Plan {
  const { set, lost } = standing(rule, state, context);
  return changing(state, { set: { rule: rule.fingerprint, ...textsOf(rule), ...set }, lost });
}

/** Its pause has ended by itself, or a maintenance window begins, ends or is another one. */
function planQuiet(rule: Rule, state: KnownState, context: PlanContext): Plan | undefined {
  if (!rule.valid) return undefined;
  const change = standing(rule, state, context);
  return isChange(change, state) ? changing(state, change) : undefined;
}

/** Neither an event nor the end of its alarm may come in between. */
function changing(state: KnownState, { set, lost }: StateChange): Plan {
  const { last_event, alarm_since = { $exists: false } } = state;
  return {
    filter: { ...unchanged(state), last_event, alarm_since },
    update: {
      $set: set,
      ...(lost.length > 0 && { $unset: Object.fromEntries(lost.map((field) => [field, ''])) }),
      $inc: { revision: 1 },
    },
  };
}

/** The heartbeat is gone. The document waits until the last alarm is sent: then it goes as well. */
function planRemoval(state: KnownState, context: PlanContext): Plan | undefined {
  const { now, outboxes = MAIN_ALONE } = context;
  if (isFreshTombstone(state, now)) return undefined;
  const isTold = outboxes.every((name) => unsentIn(state, name) === 0);
  const isOpen = openSince(state) !== undefined;
  if (!isOpen && isTold) return { filter: { ...unchanged(state), unsent: state.unsent } };
  if (state.removed && state.deadline === null && !isOpen) return undefined;
  return {
    filter: unchanged(state),
    update: {
      $set: { state: 'waiting', since: now, deadline: null, rule: '', removed: true },
      $unset: { ...NOT_OPEN, reason: '' },
      ...revised(state, context, 'removed'),
    },
  };
}

/** Whether Alertmanager is there, and was never told of an open alarm. */
export const isUntold = (
  { refresh_at }: Pick<HeartbeatState, 'refresh_at'>,
  outboxes: readonly OutboxName[],
): boolean => outboxes.includes('alertmanager') && refresh_at === undefined;

/** Alarms that were opened while repeating was off, or without Alertmanager, are treated as others once it is on. */
function planRepeat(state: KnownState, context: PlanContext): Plan | undefined {
  if (state.state !== 'down') return undefined;
  const { now, repeatMs, outboxes = MAIN_ALONE } = context;
  const $set = {
    ...(repeatMs !== undefined && state.repeat_at === undefined && { repeat_at: now + repeatMs }),
    ...(isUntold(state, outboxes) && { refresh_at: now }),
  };
  return Object.keys($set).length === 0 ? undefined : { filter: unchanged(state), update: { $set } };
}

const unchanged = ({ _id, revision, state }: KnownState): Filter => ({ _id, revision, state });

/** The next revision, which resolves the alarm that is open. @param why what has become of the heartbeat */
function revised(state: KnownState, context: PlanContext, why: 'removed' | 'changed'): Update {
  const open = openSince(state);
  if (open === undefined) return { $inc: { revision: 1 } };
  const { now, outboxes = MAIN_ALONE } = context;
  const over = closing(open, now);
  const told = queued(ended(state.resource, why, now), outboxes, state.alert);
  return {
    $inc: { revision: 1, ...told.$inc },
    $push: { ...told.$push, ...over.$push },
    $max: { ...told.$max, ...over.$max },
  };
}
