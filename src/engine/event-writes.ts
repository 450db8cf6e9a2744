import type { mongo } from 'mongoose';
import { resolved } from './alarm';
import type { RuleEntry } from './rules/rule-book';
import type { HeartbeatState } from './state/heartbeat-state';

/**
 * Events of different heartbeats that come within so many milliseconds count as one moment, that of the last of them, so
 * that one write stores them. Little beside the second in which an alarm must be raised.
 */
const MOMENT_MS = 20;
/** So many ids one statement names at most. */
const MOST_IDS = 1_000;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;
type Known = Omit<HeartbeatState, 'outbox'>;

/** Heartbeats that the same write suits. */
interface Alike {
  readonly entry: RuleEntry;
  readonly ids: string[];
  /** The latest time of their events. */
  at: number;
}

/**
 * The writes that store events. Each does nothing to a state that is not the one that was known. Heartbeats that were alive,
 * or waited, share a write where interval, revision and moment are the same: one look-up by many ids costs the database
 * and the driver a fraction of as many statements.
 * @param latest the time of the last event of each heartbeat, in milliseconds
 * @param read state documents that were read just now, by id; needed of those that are down
 */
export function eventWrites(
  latest: ReadonlyMap<RuleEntry, number>,
  read: ReadonlyMap<string, Known>,
): Write[] {
  const writes: Write[] = [];
  const groups = new Map<string, Alike>();
  for (const [entry, at] of latest) {
    const known = read.get(entry.id);
    const state = known?.state ?? entry.state;
    if (state === 'down' && known !== undefined) writes.push(resolution(entry, known, at));
    else if (state === 'up') addAlike(groups, entry, 'up', at);
    else addAlike(groups, entry, 'waiting', Math.max(at, known?.since ?? 0));
  }
  for (const [key, { entry, ids, at }] of groups) {
    const state = key.startsWith('up') ? 'up' : 'waiting';
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      writes.push(sharedWrite(entry, ids.slice(from, from + MOST_IDS), at, state));
    }
  }
  return writes;
}

function addAlike(groups: Map<string, Alike>, entry: RuleEntry, state: 'up' | 'waiting', at: number): void {
  const key = `${state} ${entry.intervalMs} ${entry.revision} ${Math.floor(at / MOMENT_MS)}`;
  const alike = groups.get(key);
  if (alike === undefined) {
    groups.set(key, { entry, ids: [entry.id], at });
    return;
  }
  alike.ids.push(entry.id);
  alike.at = Math.max(alike.at, at);
}

/** What is down is not in it without the texts of its alarm: the filter finds nothing then, and they are read. */
function sharedWrite(
  { revision, intervalMs }: RuleEntry,
  ids: string[],
  at: number,
  state: 'up' | 'waiting',
): Write {
  const times = { last_event: at, deadline: at + intervalMs };
  const update = state === 'up' ? { $max: times } : { $set: { state: 'up' as const, since: at, ...times } };
  const [only] = ids;
  return ids.length === 1
    ? { updateOne: { filter: { _id: only, revision, state }, update } }
    : { updateMany: { filter: { _id: { $in: ids }, revision, state }, update } };
}

function resolution({ id, revision, intervalMs }: RuleEntry, known: Known, at: number): Write {
  return {
    updateOne: {
      // Down since then: what was held up must not resolve the alarm of a later silence.
      filter: { _id: id, revision, state: 'down', since: known.since },
      update: {
        $set: {
          state: 'up',
          since: Math.max(at, known.since),
          last_event: at,
          deadline: at + intervalMs,
        },
        $unset: { repeat_at: '' },
        $push: { outbox: resolved(known, at) },
        $inc: { unsent: 1 },
      },
    },
  };
}
