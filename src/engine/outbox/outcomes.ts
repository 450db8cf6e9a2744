import type { mongo } from 'mongoose';
import type { HeartbeatState } from '../../states/heartbeat-state';
import { inOutbox, type OutboxFields, type OutboxName } from '../../states/outbox-fields';
import { sharedWrites } from '../../states/shared-writes';
import type { StateDocuments } from '../../states/state-store';
import { type Held, idsByLease } from './leases';

type Update = mongo.UpdateFilter<HeartbeatState>;
type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/**
 * What became of the alarms that were tried, kept until it is stored: what is confirmed must not be sent again. Those that
 * were delivered share a statement where they share a lease.
 */
export class Outcomes {
  private delivered: Held[] = [];
  private others: Write[] = [];

  /** @param name which outboxes */
  constructor(
    private readonly store: Pick<StateDocuments, 'write'>,
    private readonly name: OutboxName,
  ) {}

  /** Whether there is any that is not stored yet. */
  get any(): boolean {
    return this.delivered.length > 0 || this.others.length > 0;
  }

  /** Its entry need not be sent any more. */
  done({ id, lease }: Held): void {
    this.delivered.push({ id, lease });
  }

  /** Its entry stays the first, to be sent from `leased_until` on. */
  again({ id, lease }: Held, fields: Partial<Pick<OutboxFields, 'leased_until' | 'attempts'>>): void {
    const $set = Object.fromEntries(
      Object.entries(fields).map(([field, value]) => [
        inOutbox(this.name, field as keyof OutboxFields),
        value,
      ]),
    );
    const filter = { _id: id, [inOutbox(this.name, 'lease')]: lease };
    this.others.push({ updateOne: { filter, update: { $set, ...this.released } } });
  }

  /** Stores all, also those that come meanwhile. @throws the driver's error; they are kept */
  async storeAll(): Promise<void> {
    while (this.any) {
      const { delivered, others } = this;
      this.delivered = [];
      this.others = [];
      try {
        await this.store.write([...this.writesOf(delivered), ...others]);
      } catch (error) {
        this.delivered = [...delivered, ...this.delivered];
        this.others = [...others, ...this.others];
        throw error;
      }
    }
  }

  private writesOf(delivered: readonly Held[]): Write[] {
    const field = (name: keyof OutboxFields): string => inOutbox(this.name, name);
    const update = {
      $set: { [field('leased_until')]: 0, [field('attempts')]: 0 },
      ...this.released,
      $pop: { [field('outbox')]: -1 },
      $inc: { [field('unsent')]: -1 },
    } as Update;
    return [...idsByLease(delivered)].flatMap(([lease, ids]) =>
      sharedWrites(ids, { [field('lease')]: lease }, update),
    );
  }

  private get released(): Pick<mongo.UpdateFilter<mongo.Document>, '$unset'> {
    return { $unset: { [inOutbox(this.name, 'lease')]: '' } };
  }
}
