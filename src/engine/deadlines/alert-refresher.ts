import type { mongo } from 'mongoose';
import type { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { type HeartbeatState, openSince, WITHOUT_LISTS } from '../../states/heartbeat-state';
import { queued, unsentIn } from '../../states/outbox-fields';
import type { SharedClock } from '../../states/shared-clock';
import type { StateDocuments } from '../../states/state-store';
import { raised } from '../alarms/alarm';
import { alertOf } from '../alarms/alert';

/** How many heartbeats are looked at together. */
const BATCH = 1_000;
/** How often Alertmanager is told of an open alarm, in milliseconds: it keeps alerts in memory alone (decision 29). */
export const REFRESH_MS = 5 * 60_000;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;
type Open = Omit<HeartbeatState, keyof typeof WITHOUT_LISTS>;

/** What an {@link AlertRefresher} works with. */
export interface AlertRefresherParts {
  readonly store: StateDocuments;
  readonly heartbeats: Pick<HeartbeatCollection, 'readByIds'>;
  readonly clock: SharedClock;
  /** Called when there are alarms to send. */
  readonly onAlarms: () => void;
}

/**
 * Puts open alarms into Alertmanager's outbox, a first time and then again and again. The first time fixes the labels, which take
 * the heartbeat's name and pattern. Each is a compare-and-set on the time at which it is due, so that of any number of processes
 * one does it; the outbox keeps it in order with the alarm's end.
 */
export class AlertRefresher {
  constructor(private readonly parts: AlertRefresherParts) {}

  /** Does it for all that are due, a batch at a time. */
  async refreshDue(): Promise<void> {
    const { store, clock, onAlarms } = this.parts;
    for (;;) {
      const now = clock.now();
      const due = {
        refresh_at: { $lte: now },
        removed: { $exists: false },
      } as mongo.Filter<HeartbeatState>;
      const options = { sort: { refresh_at: 1 }, limit: BATCH, projection: WITHOUT_LISTS } as const;
      const found = await store.read<Open>(due, options);
      if (found.length === 0) return;
      const alerts = await this.alertsOf(found);
      await store.write(found.map((state) => refreshing(state, alerts.get(state._id) ?? '', now)));
      onAlarms();
      if (found.length < BATCH) return;
    }
  }

  /** Those that are known to Alertmanager already stay as they are. */
  private async alertsOf(found: readonly Open[]): Promise<ReadonlyMap<string, string>> {
    const ids = found.filter(({ alert }) => alert === undefined).map(({ _id }) => _id);
    const read = ids.length === 0 ? [] : await this.parts.heartbeats.readByIds(ids, { name: 1, pattern: 1 });
    const heartbeats = new Map(read.map((heartbeat) => [heartbeat._id, heartbeat]));
    return new Map(
      found.map((state) => [
        state._id,
        state.alert ?? alertOf(state._id, heartbeats.get(state._id), raisedAt(state)),
      ]),
    );
  }
}

/** Only an open alarm has a time at which it is due; a pause leaves it open. */
const raisedAt = (state: Open): number => openSince(state) ?? state.since;

/** What still waits to be sent is not sent again after it; a new alarm is, behind the end of the one before. */
function refreshing(state: Open, alert: string, now: number): Write {
  const { _id, since, refresh_at } = state;
  const filter = { _id, state: state.state, since, refresh_at };
  const $set = { refresh_at: now + REFRESH_MS, alert };
  const isNew = state.alert === undefined;
  const told =
    isNew || unsentIn(state, 'alertmanager') === 0
      ? queued(raised(state, raisedAt(state)), ['alertmanager'], alert)
      : {};
  return { updateOne: { filter, update: { $set, ...told } } };
}
