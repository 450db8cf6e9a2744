import type { mongo } from 'mongoose';
import { REFRESH_MS } from '../deadlines/alert-refresher';
import { LONGEST_BACKOFF_MS } from '../outbox/outbox-dispatcher';
import type { HeartbeatState } from '../../states/heartbeat-state';
import type { StateStore } from '../../states/state-store';

const BATCH = 1_000;

const TIMED = {
  ...{ state: 1, revision: 1, deadline: 1, interval_ms: 1, last_event: 1 },
  ...{ since: 1, repeat_at: 1, refresh_at: 1 },
  ...{ leased_until: 1, webhook_leased_until: 1, alertmanager_leased_until: 1 },
} as const;

const LEASES = ['leased_until', 'webhook_leased_until', 'alertmanager_leased_until'] as const;

type Timed = Pick<HeartbeatState, '_id' | keyof typeof TIMED>;

/**
 * Brings the times of all states into what can be, after the clock was set back: nothing has happened later than now, a
 * deadline is at most an interval away. Doing it again changes nothing. A document that an event or another process changes
 * meanwhile is left to them.
 *
 * @param now milliseconds since the epoch
 */
export async function correctTimes(
  store: StateStore,
  now: () => number,
  repeatMs: number | undefined,
): Promise<void> {
  let after = '';
  for (;;) {
    const options = { projection: TIMED, sort: { _id: 1 }, limit: BATCH } as const;
    const batch = await store.readAll<Timed>({ _id: { $gt: after } }, options);
    await store.write(batch.flatMap((state) => correction(state, now(), repeatMs)));
    after = batch.at(-1)?._id ?? '';
    if (batch.length < BATCH) return;
  }
}

function correction(
  state: Timed,
  now: number,
  repeatMs: number | undefined,
): mongo.AnyBulkWriteOperation<HeartbeatState>[] {
  const { _id, revision, deadline, last_event, interval_ms, since, repeat_at, refresh_at = 0 } = state;
  const changes: Partial<HeartbeatState> = {};
  const watched = state.state === 'up' || state.state === 'waiting';
  if (watched && deadline !== null && deadline > now + interval_ms) changes.deadline = now + interval_ms;
  if (last_event !== null && last_event > now) changes.last_event = now;
  if (since > now) changes.since = now;
  const tooLong = LEASES.filter((field) => (state[field] ?? 0) > now + LONGEST_BACKOFF_MS);
  for (const field of tooLong) changes[field] = now;
  if (refresh_at > now + REFRESH_MS) changes.refresh_at = now;
  if (repeat_at !== undefined && repeatMs !== undefined && repeat_at > now + repeatMs) {
    changes.repeat_at = now + repeatMs;
  }
  if (Object.keys(changes).length === 0) return [];
  const filter = {
    ...{ _id, revision, deadline, last_event },
    state: state.state,
    ...Object.fromEntries(tooLong.map((field) => [field, state[field]])),
  };
  return [{ updateOne: { filter, update: { $set: changes } } }];
}
