import type { mongo } from 'mongoose';
import type { HeartbeatState } from '../state/heartbeat-state';
import type { StateStore } from '../state/state-store';

const BATCH = 2_000;

type Timed = Pick<
  HeartbeatState,
  '_id' | 'state' | 'revision' | 'deadline' | 'interval_ms' | 'last_event' | 'since' | 'repeat_at'
>;

const TIMED = {
  ...{ state: 1, revision: 1, deadline: 1, interval_ms: 1 },
  ...{ last_event: 1, since: 1, repeat_at: 1 },
} as const;

/** From when hearing counts again, and how patient to be. Milliseconds. */
export interface Postponement {
  readonly againAt: number;
  readonly blindGraceMs: number;
  readonly repeatMs?: number;
}

/**
 * Brings the times of all states into what can be, after blindness or after the wall clock was set: a deadline lies at least
 * `min(interval, grace)` after the moment when hearing came back, and at most one interval after now; nothing has happened
 * later than now. Doing it again changes nothing. A document that an event or another process changes meanwhile is left
 * to them.
 *
 * @param now milliseconds since the epoch
 * @param onBatch called after each batch of documents
 */
export async function postponeDeadlines(
  store: StateStore,
  postponement: Postponement,
  now: () => number,
  onBatch: () => Promise<void>,
): Promise<void> {
  let after = '';
  for (;;) {
    const options = { projection: TIMED, sort: { _id: 1 }, limit: BATCH } as const;
    const batch: Timed[] = await store.states.find({ _id: { $gt: after } }, options).toArray();
    await store.write(batch.flatMap((state) => correction(state, postponement, now())));
    await onBatch();
    after = batch.at(-1)?._id ?? '';
    if (batch.length < BATCH) return;
  }
}

function correction(
  state: Timed,
  { againAt, blindGraceMs, repeatMs }: Postponement,
  now: number,
): mongo.AnyBulkWriteOperation<HeartbeatState>[] {
  const { _id, revision, deadline, last_event, interval_ms, since, repeat_at } = state;
  const changes: Partial<HeartbeatState> = {};
  if (deadline !== null && (state.state === 'up' || state.state === 'waiting')) {
    const earliest = againAt + Math.min(interval_ms, blindGraceMs);
    const possible = Math.min(Math.max(deadline, earliest), now + interval_ms);
    if (possible !== deadline) changes.deadline = possible;
  }
  if (last_event !== null && last_event > now) changes.last_event = now;
  if (since > now) changes.since = now;
  if (repeat_at !== undefined && repeatMs !== undefined && repeat_at > now + repeatMs) {
    changes.repeat_at = now + repeatMs;
  }
  if (Object.keys(changes).length === 0) return [];
  const filter = { _id, revision, state: state.state, deadline, last_event };
  return [{ updateOne: { filter, update: { $set: changes } } }];
}
