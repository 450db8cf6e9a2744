import { randomUUID } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { EventPath } from '../../events/event-path';
import type { EngineRecords } from '../../states/engine-documents';
import type { EngineRegistry } from '../../states/engine-registry';
import type { SharedClock } from '../../states/shared-clock';
import type { EngineMetrics } from '../engine-metrics';
import { CHECK_LIMIT_MS, type Evidence } from './evidence';
import type { HearingState } from './hearing-state';
import { errorText } from '../../util/error-text';

/** Where something came so lately, in milliseconds, something else will: there is no need for a check. */
const BUSY_MS = 250;
/**
 * So long, in milliseconds, other events are proof without a check: they may come through a narrower binding, and only a check
 * shows that the queue is still bound to all of them.
 */
const CHECK_AGAIN_MS = 60_000;
/** A connection of our own that was lost is counted by the broker for some seconds more: only then others are named. */
const NAMED_AFTER_MS = 10_000;

/** What a {@link PathChecker} works with. */
export interface PathCheckerParts {
  readonly path: EventPath;
  readonly registry: EngineRegistry;
  readonly clock: SharedClock;
  readonly metrics: EngineMetrics;
  readonly logger: Logger;
  /** false: no check is ever sent. */
  readonly enabled: boolean;
}

/** What decides whether a check is needed. */
export interface CheckNeed {
  readonly evidence: Evidence;
  readonly state: HearingState;
  readonly records: EngineRecords;
  /** The deadline up to which evidence is wanted, where there is one. */
  readonly wanted: number | undefined;
  readonly now: number;
}

/**
 * Sends a check of its own where nothing else shows that events come (contract: engine, "Silence must be proven"), and once a
 * minute: at most once a second for all engines. Where one was lost, the binding is made again before the next; never before that,
 * since the broker does not say whether there was one, and a check through a new one would hide what was missed.
 */
export class PathChecker {
  private foreignSince: number | undefined;
  private named = false;

  constructor(private readonly parts: PathCheckerParts) {}

  /** From when an inspection of the queue tells whether the last check was lost, in milliseconds on the shared clock. */
  answerableAt(records: EngineRecords | undefined): number | undefined {
    const { path, clock } = this.parts;
    const { check } = records ?? {};
    if (check === undefined || path.hasReturned(check.id)) return undefined;
    const at = check.sent_at + CHECK_LIMIT_MS;
    return clock.now() >= at ? at : undefined;
  }

  async checkWhereNeeded(need: CheckNeed): Promise<void> {
    this.nameOthers(need.evidence);
    const { evidence, records, now } = need;
    const { check, listening } = records;
    if (!this.isNeeded(need) || (check && Math.abs(now - check.sent_at) < CHECK_LIMIT_MS)) return;
    const { path, registry, clock, metrics, logger } = this.parts;
    if (listening?.broken_since !== undefined && evidence.broken !== 'blocked') {
      // Whoever knows the broker has told the log what it has against it, and what to do.
      await path.repair().catch(() => undefined);
    }
    const id = `check-${randomUUID()}`;
    if (!(await registry.claimCheck(check, { _id: 'check', id, sent_at: clock.now() }))) return;
    metrics.pathCheck();
    // Where it cannot be sent it does not come back, and that is what counts.
    void path.sendCheck(id).catch((error: unknown) => logger.debug(`check not sent: ${errorText(error)}`));
  }

  private isNeeded({ evidence, state, records, wanted, now }: CheckNeed): boolean {
    const { enabled, path } = this.parts;
    if (!enabled || state.phase !== 'hearing') return false;
    if (evidence.broken === 'blocked' || evidence.broken === 'others') return false;
    // Another one in its place would show nothing of it: with several engines none would ever be found to be lost.
    if (evidence.undecided) return false;
    const { check, listening } = records;
    if (listening?.broken_since !== undefined) return true;
    if (check === undefined || Math.abs(now - check.sent_at) >= CHECK_AGAIN_MS) return true;
    if (wanted === undefined || evidence.provenUntil >= wanted) return false;
    return performance.now() - path.freshAt >= BUSY_MS;
  }

  /** One line when it is sure, and one when they are gone. */
  private nameOthers({ broken, consumers, known }: Evidence): void {
    const { path, clock, logger } = this.parts;
    if (broken !== 'others') {
      if (this.named) logger.log(`there are no other consumers on the queue ${path.queue} any more`);
      this.named = false;
      this.foreignSince = undefined;
      return;
    }
    this.foreignSince ??= clock.monotonic();
    if (this.named || clock.monotonic() - this.foreignSince < NAMED_AFTER_MS) return;
    this.named = true;
    logger.error(
      `the queue ${path.queue} has other consumers: ${consumers} in all, and this database knows ${known} of them as ` +
        'engines. Another installation, or the engine-heartbeat of Canopsis, takes a part of the events, so that no silence ' +
        'is believed, and no alarm raised, until it is stopped, or one of the two has a queue of its own (AMQP_QUEUE)',
    );
  }
}
