import type { Logger } from '@nestjs/common';
import type { BlindReason, Listening } from '../../states/engine-documents';
import type { EngineRegistry } from '../../states/engine-registry';
import type { SharedClock } from '../../states/shared-clock';
import type { StateStore } from '../../states/state-store';
import type { EngineMetrics } from '../engine-metrics';
import { correctTimes } from './clock-correction';
import type { Evidence } from './evidence';
import { firstListening, foundBroken, heardAgain } from './listening';

/** How often hearing is stored while it goes on, in milliseconds. */
const STORE_EVERY_MS = 1_000;

/** Other consumers are named once it is sure that they are. */
const BROKEN: Record<Exclude<BlindReason, 'others'>, string> = {
  path: 'a check that was sent through the exchange did not come back to the queue within a second',
  blocked: 'the broker holds back all publishers, since it lacks memory or disk space',
};

/** What a {@link ListeningKeeper} works with. */
export interface ListeningKeeperParts {
  readonly registry: EngineRegistry;
  readonly store: StateStore;
  readonly clock: SharedClock;
  readonly metrics: EngineMetrics;
  readonly logger: Logger;
  readonly repeatMs?: number;
  /** Not having heard for longer than this is blindness. */
  readonly blindAfterMs: number;
}

/** Stores what was heard and what was not, for all engines of the database. */
export class ListeningKeeper {
  private storedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: ListeningKeeperParts) {}

  /**
   * @param found as it was read after all that the evidence rests on
   * @param heardUntil up to when this engine has stored all that it heard
   * @returns as it is now; undefined where another engine changes it at the same time
   */
  async keep(
    evidence: Evidence,
    found: Listening | undefined,
    heardUntil: number | undefined,
  ): Promise<Listening | undefined> {
    const { clock, blindAfterMs } = this.parts;
    const now = clock.now();
    if (evidence.broken !== undefined) return this.foundBroken(evidence.broken, evidence, found, now);
    if (!evidence.hears || heardUntil === undefined) return found;
    if (found === undefined) return this.replace(undefined, firstListening(now));
    if (found.broken_since !== undefined) {
      // What was found broken by a check is whole once one comes back: events of others come also where we may not publish.
      if (evidence.checkedUntil < (found.broken_at ?? 0)) return found;
      return this.replace(found, heardAgain(found, found.broken_since, now));
    }
    const gap = heardUntil - found.heard_at;
    if (found.blind === undefined || Math.abs(gap) > blindAfterMs) return this.hearsAgain(found, now);
    if (gap <= 0 || clock.monotonic() - this.storedAt < STORE_EVERY_MS) return found;
    this.storedAt = clock.monotonic();
    await this.parts.registry.stillHears(heardUntil, blindAfterMs);
    return found;
  }

  private async hearsAgain(found: Listening, now: number): Promise<Listening | undefined> {
    const { store, clock, repeatMs, metrics } = this.parts;
    // The clock was set back while no engine ran.
    if (found.heard_at > now) await correctTimes(store, () => clock.now(), repeatMs);
    const next = await this.replace(found, heardAgain(found, found.heard_at, now));
    if (next) metrics.blindness('away');
    return next;
  }

  private async foundBroken(
    by: BlindReason,
    { provenUntil }: Evidence,
    found: Listening | undefined,
    now: number,
  ): Promise<Listening | undefined> {
    if (found?.broken_since !== undefined) return found;
    const { metrics, logger } = this.parts;
    // On a new database nothing was heard yet: that it cannot be is to be known all the same.
    const before = found ?? firstListening(now);
    const since = by === 'others' ? before.heard_at : provenUntil;
    const next = await this.replace(found, foundBroken(before, by, since, now));
    if (next === undefined) return undefined;
    metrics.blindness(by);
    if (by !== 'others') logger.error(`no silence is believed, and no alarm raised, since ${BROKEN[by]}`);
    return next;
  }

  private async replace(found: Listening | undefined, next: Listening): Promise<Listening | undefined> {
    return (await this.parts.registry.replaceListening(found, next)) ? next : undefined;
  }
}
