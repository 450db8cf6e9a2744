import { Logger } from '@nestjs/common';
import { type Clock, systemClock } from '../util/clock';
import type { EngineRegistry } from './engine-registry';

/** More than this between the progress of two clocks, in milliseconds, means that one was set, or stood still. */
const STEP_MS = 2_000;
/** Machines whose clock differs from the database's by more, in milliseconds, are told so. */
const TOLD_MS = 1_000;
/** How long what the database said of its time holds, in milliseconds. */
const SYNC_EVERY_MS = 5_000;

/**
 * The one time that all processes of a database go by: the database's (contract: engine, "Clocks"). It is measured now and
 * then; in between, the monotonic clock goes on, so that nothing happens where somebody sets the machine's clock. What the
 * machine's clock said at first stays as long as it lies within what the measurements allow, so that an exact clock is
 * never moved by a slow answer.
 *
 * A clock that the host gives instead of the machine's is taken as it is: all processes are then expected to share it.
 */
export class SharedClock implements Clock {
  private readonly logger = new Logger(SharedClock.name);
  private readonly given: boolean;
  /** This time minus the monotonic one. */
  private offset: number;
  /** The machine's time minus the monotonic one, when last seen. */
  private ownOffset: number;
  private stepCount = 0;
  private inDoubt = false;
  private syncedAt = Number.NEGATIVE_INFINITY;
  private told = false;

  /** @param measured whether to ask the database; default: where the clock is the machine's */
  constructor(
    private readonly clock: Clock,
    private readonly registry: Pick<EngineRegistry, 'serverTime'>,
    measured = clock === systemClock,
  ) {
    this.given = !measured;
    this.offset = this.ownOffset = clock.now() - clock.monotonic();
  }

  now(): number {
    this.look();
    return Math.round(this.clock.monotonic() + this.offset);
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  /** How often this time was set so far: the given clock, or the database's. */
  get steps(): number {
    this.look();
    return this.stepCount;
  }

  /** Whether the machine's clock jumped since the last measurement: it was set, or the machine was suspended. */
  get uncertain(): boolean {
    this.look();
    return this.inDoubt;
  }

  /** By how much the machine's clock is ahead of this time, in milliseconds. */
  get difference(): number {
    return this.given ? 0 : this.clock.now() - this.now();
  }

  /** Asks the database for its time, where that was not done lately. Rejects where it does not answer. */
  async sync(): Promise<void> {
    const asked = this.clock.monotonic();
    if (this.given || (!this.uncertain && asked - this.syncedAt < SYNC_EVERY_MS)) return;
    const time = await this.registry.serverTime();
    const answered = this.clock.monotonic();
    const first = this.syncedAt === Number.NEGATIVE_INFINITY;
    this.syncedAt = answered;
    this.inDoubt = false;
    if (time === undefined) return;
    // Whole milliseconds are told, so that it may have been one later.
    const offset = Math.min(Math.max(this.offset, time - answered), time + 1 - asked);
    if (!first && Math.abs(offset - this.offset) > STEP_MS) this.stepCount += 1;
    this.offset = offset;
    this.tell();
  }

  /**
   * {@link now}, after a look at the database's time. Where the database does not tell it, it is not waited for: what else is asked of
   * the database fails as well.
   */
  async latest(): Promise<number> {
    await this.sync().catch(() => undefined);
    return this.now();
  }

  private look(): void {
    const ownOffset = this.clock.now() - this.clock.monotonic();
    const stepped = Math.abs(ownOffset - this.ownOffset) > STEP_MS;
    // A clock that is slewed drifts from look to look; only a jump between two looks counts.
    this.ownOffset = ownOffset;
    if (this.given) this.offset = ownOffset;
    if (!stepped) return;
    if (this.given) this.stepCount += 1;
    else this.inDoubt = true;
  }

  private tell(): void {
    const { difference } = this;
    if (Math.abs(difference) <= TOLD_MS) {
      this.told = false;
      return;
    }
    if (this.told) return;
    this.told = true;
    const here = new Date(this.clock.now()).toISOString();
    const there = new Date(this.now()).toISOString();
    const how = `${(Math.abs(difference) / 1_000).toFixed(1)} s ${difference > 0 ? 'ahead of' : 'behind'}`;
    this.logger.warn(
      `the clock of this machine is ${how} the database's, whose time is used: here ${here}, there ${there}`,
    );
  }
}
