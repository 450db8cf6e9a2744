import type { mongo } from 'mongoose';
import { LONGEST_REST_MS } from '../sender';
import type { Hearing, HeartbeatState } from '../state/heartbeat-state';
import type { StateStore } from '../state/state-store';

const BATCH = 1_000;

const TIMED = {
  ...{ state: 1, revision: 1, deadline: 1, interval_ms: 1, last_event: 1 },
  ...{ since: 1, repeat_at: 1, leased_until: 1 },
} as const;

type Timed = Pick<HeartbeatState, '_id' | keyof typeof TIMED>;
type Filter = mongo.Filter<HeartbeatState>;

/** From when hearing counts again, and how patient to be. Milliseconds. */
export interface Postponement extends Pick<Hearing, 'again_at' | 'clock_set'> {
  readonly blindGraceMs: number;
  readonly repeatMs?: number;
}

/**
 * Moves the deadlines after blindness: each lies at least `min(interval, grace)` after the moment when hearing came back.
 * After the wall clock was set it also brings all times that lie in the future into what can be: nothing has happened
 * later than now, a deadline is at most an interval away. Doing it again changes nothing. A document that an event or
 * another process changes meanwhile is left to them.
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
  const { again_at, blindGraceMs, clock_set } = postponement;
  const early = { $lt: again_at + blindGraceMs };
  const affected: Filter[] = clock_set
    ? [{}]
    : [
        { state: 'up', deadline: early },
        { state: 'waiting', deadline: early },
      ];
  for (const which of affected) {
    let after = '';
    for (;;) {
      const options = { projection: TIMED, sort: { _id: 1 }, limit: BATCH } as const;
      const batch: Timed[] = await store.states.find({ ...which, _id: { $gt: after } }, options).toArray();
      await store.write(batch.flatMap((state) => correction(state, postponement, now())));
      await onBatch();
      after = batch.at(-1)?._id ?? '';
      if (batch.length < BATCH) break;
    }
  }
}

function correction(
  state: Timed,
  { again_at, blindGraceMs, repeatMs }: Postponement,
  now: number,
): mongo.AnyBulkWriteOperation<HeartbeatState>[] {
  const { _id, revision, deadline, last_event, interval_ms, since, repeat_at, leased_until } = state;
  const changes: Partial<HeartbeatState> = {};
  if (deadline !== null && (state.state === 'up' || state.state === 'waiting')) {
    const earliest = again_at + Math.min(interval_ms, blindGraceMs);
    const possible = Math.min(Math.max(deadline, earliest), now + interval_ms);
    if (possible !== deadline) changes.deadline = possible;
  }
  if (last_event !== null && last_event > now) changes.last_event = now;
  if (since > now) changes.since = now;
  if (leased_until > now + LONGEST_REST_MS) changes.leased_until = now;
  if (repeat_at !== undefined && repeatMs !== undefined && repeat_at > now + repeatMs) {
    changes.repeat_at = now + repeatMs;
  }
  if (Object.keys(changes).length === 0) return [];
  // Not the state: with it the filter would suit the index by deadline, and many may have the same one.
  const filter = { _id, revision, deadline, last_event, ...('leased_until' in changes && { leased_until }) };
  return [{ updateOne: { filter, update: { $set: changes } } }];
}
