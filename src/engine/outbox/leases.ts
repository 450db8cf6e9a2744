import type { mongo } from 'mongoose';
import type { HeartbeatState } from '../../states/heartbeat-state';
import { inOutbox, outboxOf, type OutboxEntry, type OutboxName } from '../../states/outbox-fields';
import { sharedWrites } from '../../states/shared-writes';
import type { StateDocuments } from '../../states/state-store';

/** How long nobody else may send from an outbox that was leased, in milliseconds. */
export const LEASE_MS = 30_000;

/** The right to send from a heartbeat's outbox. */
export interface Held {
  readonly id: string;
  readonly lease: string;
}

/** The first entry of an outbox, and the right to send it. */
export interface Leased extends Held {
  readonly entry: OutboxEntry;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** When the lease ends, on the monotonic clock. */
  readonly until: number;
}

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/** The outboxes that this process leases: which it has won, and which it may have won without having been told. */
export class Leases {
  private uncertain: Leased[] = [];

  /** @param name which outboxes */
  constructor(
    private readonly store: StateDocuments,
    private readonly name: OutboxName = 'main',
  ) {}

  /**
   * Stores writes, each of which changes at most one document, and some of which lease its outbox.
   * @param wanted what these lease
   * @returns how many documents were changed, and which outboxes are leased now
   * @throws the driver's error; what was leased nevertheless comes with {@link recoverUncertain} later
   */
  async acquire(writes: Write[], wanted: Leased[]): Promise<{ changed: number; won: Leased[] }> {
    try {
      const changed = await this.store.write(writes);
      return { changed, won: changed === writes.length ? wanted : await this.stored(wanted) };
    } catch (error) {
      this.uncertain.push(...wanted);
      throw error;
    }
  }

  /**
   * @param useful whether a lease is still long enough: others are left to whoever comes when they have ended
   * @returns what was leased by writes that failed as it seemed; each once
   * @throws the driver's error
   */
  async recoverUncertain(useful: (leased: Leased) => boolean): Promise<Leased[]> {
    if (this.uncertain.length === 0) return [];
    const asked = this.uncertain;
    const won = new Set(await this.stored(asked));
    this.uncertain = this.uncertain.filter((leased) => !won.has(leased) && useful(leased));
    return [...won];
  }

  /**
   * Makes leases end later. One that somebody else has taken meanwhile stays theirs.
   * @param until milliseconds since the epoch
   */
  async renew(leased: readonly Leased[], until: number): Promise<void> {
    const update = { $set: { [inOutbox(this.name, 'leased_until')]: until } };
    const field = inOutbox(this.name, 'lease');
    await this.store.write(
      [...idsByLease(leased)].flatMap(([lease, ids]) => sharedWrites(ids, { [field]: lease }, update)),
    );
  }

  private async stored(wanted: readonly Leased[]): Promise<Leased[]> {
    if (wanted.length === 0) return [];
    const field = inOutbox(this.name, 'lease');
    const which = { _id: { $in: wanted.map(({ id }) => id) }, [field]: { $exists: true } };
    const found = await this.store.readAll(which, { projection: { [field]: 1 } });
    const leases = new Map(found.map((state) => [state._id, outboxOf(state, this.name).lease]));
    return wanted.filter(({ id, lease }) => leases.get(id) === lease);
  }
}

/** @returns the ids of those that were leased together, by their lease */
export function idsByLease(leased: readonly Held[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { id, lease } of leased) {
    const together = groups.get(lease);
    if (together) together.push(id);
    else groups.set(lease, [id]);
  }
  return groups;
}
