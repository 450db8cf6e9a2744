import type { mongo } from 'mongoose';
import { resolved } from '../alarms/alarm';
import type { RuleEntry } from '../rules/rule-index';
import { type HeartbeatState, NOT_OPEN, openSince } from '../../states/heartbeat-state';
import { MAIN_ALONE, type OutboxName, queued } from '../../states/outbox-fields';
import { sharedWrites } from '../../states/shared-writes';
import { closing } from '../../states/history/past-alarm';

/**
 * Events of different heartbeats that come within so many milliseconds count as one moment, that of the last of them, so
 * that one write stores them. Little beside the second in which an alarm must be raised.
 */
const MOMENT_MS = 20;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;
type Known = Omit<HeartbeatState, 'outbox' | 'webhook_outbox'>;
/** A state in which an event is stored without anything else of it. */
type Quiet = 'up' | 'waiting' | 'paused';

/** Heartbeats that the same write suits. */
interface Alike {
  readonly entry: RuleEntry;
  readonly state: Quiet;
  readonly ids: string[];
  /** The latest time of their events. */
  at: number;
}

/**
 * The writes that store events. Each does nothing to a state that is not the one that was known. Heartbeats that were alive,
 * or waited, share a write where interval, revision and moment are the same.
 * @param latest the time of the last event of each heartbeat, in milliseconds
 * @param read state documents that were read just now, by id; needed of those whose alarm is open
 * @param outboxes whom alarms are for
 */
export function eventWrites(
  latest: ReadonlyMap<RuleEntry, number>,
  read: ReadonlyMap<string, Known>,
  outboxes = MAIN_ALONE,
): Write[] {
  const writes: Write[] = [];
  const groups = new Map<string, Alike>();
  for (const [entry, at] of latest) {
    const known = read.get(entry.id);
    const state = known?.state ?? entry.state;
    const open = known && openSince(known);
    if (known !== undefined && open !== undefined) writes.push(resolution(entry, known, open, at, outboxes));
    else if (state === 'up' || state === 'paused') addAlike(groups, entry, state, at);
    else addAlike(groups, entry, 'waiting', Math.max(at, known?.since ?? 0));
  }
  for (const { entry, state, ids, at } of groups.values()) {
    writes.push(...quietWrites(entry, ids, at, state));
  }
  return writes;
}

function addAlike(groups: Map<string, Alike>, entry: RuleEntry, state: Quiet, at: number): void {
  const key = `${state} ${entry.intervalMs} ${entry.revision} ${Math.floor(at / MOMENT_MS)}`;
  const alike = groups.get(key);
  if (alike === undefined) {
    groups.set(key, { entry, state, ids: [entry.id], at });
    return;
  }
  alike.ids.push(entry.id);
  alike.at = Math.max(alike.at, at);
}

/** What has an open alarm is not in it without the texts of that: the filter finds nothing then, and they are read. */
function quietWrites({ revision, intervalMs }: RuleEntry, ids: string[], at: number, state: Quiet): Write[] {
  const times = { last_event: at, deadline: at + intervalMs };
  const update = {
    up: { $max: times },
    waiting: { $set: { state: 'up' as const, since: at, ...times } },
    paused: { $max: { last_event: at } },
  }[state];
  const which = { revision, state, ...(state === 'paused' && { alarm_since: { $exists: false } }) };
  return sharedWrites(ids, which, update);
}

/** @param open when the alarm was raised */
function resolution(
  { id, revision, intervalMs }: RuleEntry,
  known: Known,
  open: number,
  at: number,
  outboxes: readonly OutboxName[],
): Write {
  const { state, since: before, alarm_since = { $exists: false } } = known;
  const since = Math.max(at, before);
  const over = closing(open, since);
  const up = { state: 'up', since, deadline: at + intervalMs } as const;
  const told = queued(resolved(known, at), outboxes, known.alert);
  return {
    updateOne: {
      // Since then: what was held up must not resolve the alarm of a later silence.
      filter: { _id: id, revision, state, since: before, alarm_since },
      update: {
        $set: { last_event: at, ...(state === 'down' && up) },
        $unset: { ...NOT_OPEN },
        $push: { ...told.$push, ...over.$push },
        $max: { ...told.$max, ...over.$max },
        $inc: told.$inc,
      },
    },
  };
}
