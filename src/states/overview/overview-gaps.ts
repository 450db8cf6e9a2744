import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../util/clock';
import { gapsOf, inOrder } from '../history/arrivals';
import { HistoryCollection } from '../history/history-collection';
import type { OverviewEntry } from './overview-entry';

/** The arrivals of a heartbeat that is shown are read so often at most, in milliseconds: they are stored no oftener. */
const FRESH_MS = 5_000;
/** Of so many they are remembered. */
const REMEMBERED = 2_000;

interface KnownArrivals {
  readonly readAt: number;
  readonly at: readonly number[];
}

/** The recent past of heartbeats that somebody looks at, read of those alone. */
@Injectable()
export class OverviewGaps {
  private readonly known = new Map<string, KnownArrivals>();

  constructor(
    private readonly collection: HistoryCollection,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns for each of these the gaps between its last arrivals, in percent of its interval, the oldest first
   * @throws DatabaseError
   */
  async of(entries: readonly OverviewEntry[]): Promise<number[][]> {
    await this.read(entries.map(({ id }) => id));
    return entries.map(({ id, intervalSeconds }) => gapsOf(this.known.get(id)?.at ?? [], intervalSeconds));
  }

  private async read(ids: readonly string[]): Promise<void> {
    const now = this.clock.monotonic();
    const stale = ids.filter((id) => now - (this.known.get(id)?.readAt ?? -Infinity) >= FRESH_MS);
    const found = await this.collection.arrivals(stale);
    const arrivals = new Map(found.map(({ _id, at }) => [_id, inOrder(at)]));
    if (this.known.size + stale.length > REMEMBERED) this.keepOnly(ids);
    for (const id of stale) this.known.set(id, { readAt: now, at: arrivals.get(id) ?? [] });
  }

  private keepOnly(ids: readonly string[]): void {
    const kept = new Set(ids);
    for (const id of this.known.keys()) if (!kept.has(id)) this.known.delete(id);
  }
}
