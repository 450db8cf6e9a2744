import type { mongo } from 'mongoose';
import type { HeartbeatState, OutboxEntry } from './state/heartbeat-state';
import type { StateStore } from './state/state-store';

/** How long nobody else may send from an outbox that was leased, in milliseconds. */
export const LEASE_MS = 30_000;

/** The first entry of an outbox, and the right to send it. */
export interface Leased {
  readonly id: string;
  readonly lease: string;
  readonly entry: OutboxEntry;
  /** Failed attempts so far. */
  readonly attempts: number;
  /** When the lease ends, on the monotonic clock. */
  readonly until: number;
}

type Write = mongo.AnyBulkWriteOperation<HeartbeatState>;

/** The outboxes that this process leases: which it has won, and which it may have won without having been told. */
export class Leases {
  private doubtful: Leased[] = [];

  constructor(private readonly store: StateStore) {}

  /**
   * Stores writes, each of which changes at most one document, and some of which lease its outbox.
   * @param wanted what these lease
   * @returns how many documents were changed, and which outboxes are leased now
   * @throws the driver's error; what was leased nevertheless comes with {@link found} later
   */
  async win(writes: Write[], wanted: Leased[]): Promise<{ changed: number; won: Leased[] }> {
    try {
      const changed = await this.store.write(writes);
      return { changed, won: changed === writes.length ? wanted : await this.stored(wanted) };
    } catch (error) {
      this.doubtful.push(...wanted);
      throw error;
    }
  }

  /**
   * @param useful whether a lease is still long enough: others are left to whoever comes when they have ended
   * @returns what was leased by writes that failed as it seemed; each once
   * @throws the driver's error
   */
  async found(useful: (leased: Leased) => boolean): Promise<Leased[]> {
    if (this.doubtful.length === 0) return [];
    const asked = this.doubtful;
    const won = new Set(await this.stored(asked));
    this.doubtful = this.doubtful.filter((leased) => !won.has(leased) && useful(leased));
    return [...won];
  }

  private async stored(wanted: readonly Leased[]): Promise<Leased[]> {
    if (wanted.length === 0) return [];
    const which = { _id: { $in: wanted.map(({ id }) => id) }, lease: { $exists: true } };
    const found = await this.store.states.find(which, { projection: { lease: 1 } }).toArray();
    const leases = new Map(found.map(({ _id, lease }) => [_id, lease]));
    return wanted.filter(({ id, lease }) => leases.get(id) === lease);
  }
}
