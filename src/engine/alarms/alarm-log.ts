import { Logger, type LoggerService } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { HeartbeatState } from '../../states/heartbeat-state';
import type { OutboxEntry } from '../../states/outbox-fields';
import type { StateStore } from '../../states/state-store';
import { alarmLine } from './alarm';
import type { AlarmSink } from './alarm-sink';
import { LogAlarmSink } from './log-alarm-sink';

/** How many alarms are remembered of which it is not known whether they were stored; of others the log does not tell. */
const REMEMBERED = 10_000;

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/** An alarm, and the heartbeat in whose outbox it is put. */
interface Noted {
  readonly id: string;
  readonly entry: OutboxEntry;
}

/**
 * Tells in the log of each alarm when it is raised and when it is resolved, that is, when the compare-and-set on its state
 * succeeds, whether or not anybody can be told of it yet (contract: engine, "Alarms out"). Of any number of processes the one
 * that made the change tells of it. Where alarms go to the log alone they go through the outbox, which loses none, and this is
 * silent.
 */
export class AlarmLog {
  private uncertain: Noted[] = [];

  private readonly isSilent: boolean;

  /** @param sink where alarms go */
  constructor(
    private readonly store: Pick<StateStore, 'readAll'>,
    sink: AlarmSink,
    private readonly logger: Pick<LoggerService, 'warn'> = new Logger('Alarms'),
  ) {
    this.isSilent = sink instanceof LogAlarmSink;
  }

  /**
   * Makes writes, and tells of the alarms that they put into outboxes.
   * @param make what makes them; where it rejects, it may have made them all the same
   * @param allFound whether each of them found its document
   */
  async writing<T>(
    writes: readonly Write[],
    make: () => Promise<T>,
    allFound: (made: T) => boolean,
  ): Promise<T> {
    const alarms = this.isSilent ? [] : alarmsIn(writes);
    try {
      const made = await make();
      if (allFound(made)) for (const { entry } of alarms) this.logger.warn(alarmLine(entry));
      else await this.lookFor(alarms);
      return made;
    } catch (error) {
      this.remember(alarms);
      throw error;
    }
  }

  /** Tells of the alarms that were stored as it turns out, though the database gave no answer. Never rejects. */
  async settle(): Promise<void> {
    if (this.uncertain.length === 0) return;
    const alarms = this.uncertain;
    this.uncertain = [];
    await this.lookFor(alarms);
  }

  /** Those of other processes have other ids. Never rejects. */
  private async lookFor(alarms: readonly Noted[]): Promise<void> {
    if (alarms.length === 0) return;
    const which = { _id: { $in: alarms.map(({ id }) => id) }, unsent: { $gte: 1 } };
    try {
      const found = await this.store.readAll(which, { projection: { 'outbox.id': 1 } });
      const stored = new Set(found.flatMap(({ outbox }) => outbox.map(({ id }) => id)));
      for (const { entry } of alarms) if (stored.has(entry.id)) this.logger.warn(alarmLine(entry));
    } catch {
      this.remember(alarms);
    }
  }

  private remember(alarms: readonly Noted[]): void {
    this.uncertain.push(...alarms.slice(0, REMEMBERED - this.uncertain.length));
  }
}

function alarmsIn(writes: readonly Write[]): Noted[] {
  return writes.flatMap((write): Noted[] => {
    if (!('updateOne' in write)) return [];
    const { filter, update } = write.updateOne as { filter: { _id?: string }; update: AlarmUpdate };
    const entry = update.$push?.outbox;
    return entry !== undefined && filter._id !== undefined ? [{ id: filter._id, entry }] : [];
  });
}

/** As far as it is looked at. */
interface AlarmUpdate {
  readonly $push?: { readonly outbox?: OutboxEntry };
}
