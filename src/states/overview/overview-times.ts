import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../../util/clock';
import { TimeoutError, withTimeout } from '../../util/timeout';
import type { OverviewEntry } from './overview-entry';
import { OverviewWatch } from './overview-watch';

/** The times of a heartbeat that is shown are read so often at most, in milliseconds, however many look at it. */
const FRESH_MS = 2_000;
/** Of so many it is remembered when their times were read. */
const REMEMBERED = 10_000;
/** The times of more are not waited for longer than {@link LONGEST_WAIT_MS}: somebody looks at an empty list meanwhile. */
const MANY = 20_000;
const LONGEST_WAIT_MS = 400;
/** Reading the times of all takes one part in so many of the time. */
const SHARE_OF_ALL = 20;

/**
 * Keeps the times of events fresh that somebody looks at. All heartbeats' change with each event, which nothing tells the
 * overview of.
 */
@Injectable()
export class OverviewTimes {
  private readonly readAt = new Map<string, number>();
  private all: Promise<void> | undefined;
  private allFreshUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly watch: OverviewWatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes the times of these at most 2 s old. @throws DatabaseError */
  async refresh(entries: readonly OverviewEntry[]): Promise<void> {
    const now = this.clock.monotonic();
    const stale = entries
      .filter(({ id, state }) => state !== 'invalid' && now - (this.readAt.get(id) ?? -Infinity) >= FRESH_MS)
      .map(({ id }) => id);
    await this.watch.readTimes(stale);
    if (this.readAt.size > REMEMBERED) this.readAt.clear();
    for (const id of stale) this.readAt.set(id, now);
  }

  /**
   * Makes the times of all at most 2 s old, or so old that reading them takes a twentieth of the time: for who wants them sorted.
   * Those of very many may still be read afterwards; who asks again then has them.
   * @param count how many heartbeats there are
   * @throws DatabaseError
   */
  async refreshAll(count: number): Promise<void> {
    if (this.clock.monotonic() < this.allFreshUntil) return;
    this.all ??= this.readAll().finally(() => (this.all = undefined));
    if (count <= MANY) return this.all;
    // Whoever waits hears of a failure; afterwards the next one who asks does.
    this.all.catch(() => undefined);
    await withTimeout(LONGEST_WAIT_MS, this.all).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
    });
  }

  private async readAll(): Promise<void> {
    const began = this.clock.monotonic();
    await this.watch.readAllTimes();
    const took = this.clock.monotonic() - began;
    this.allFreshUntil = began + Math.max(FRESH_MS, SHARE_OF_ALL * took);
  }
}
