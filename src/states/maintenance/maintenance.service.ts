import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { type DoneAnswer, done } from '../../canopsis/answers';
import { invalidPayload, maintenanceNotFound } from '../../canopsis/canopsis-error';
import { Calendar, NO_WINDOWS } from '../../domain/calendar';
import type { Maintenance, StoredMaintenance } from '../../domain/maintenance';
import type { Span } from '../../domain/recurrence';
import { WindowTimes } from '../../domain/window-times';
import { withTimeout } from '../../util/timeout';
import { SharedClock } from '../shared-clock';
import { MOST_WINDOWS, MaintenanceCollection } from './maintenance-collection';
import { errorText } from '../../util/error-text';

/** How long an answer waits for the engine of this process to have done what follows from it, in milliseconds. */
const TIMEOUT_MS = 5_000;
/** So many times of a window are looked at to see that it ends each time. */
const LOOKED_AT = 10;

/** A window as it is answered. */
export type MaintenanceDocument = StoredMaintenance & {
  /** When it holds now, or next, in unix seconds; null where it never will again. */
  readonly next: { readonly from: number; readonly to: number } | null;
};

/**
 * Keeps the maintenance windows, and tells the engine of this process of each change; those of others read them every second
 * (decision 30). Every method throws `DatabaseError` when the database fails.
 */
@Injectable()
export class MaintenanceService {
  private readonly logger = new Logger(MaintenanceService.name);
  /** Those that were listed last: when they come takes half a millisecond each to find out. */
  private listed = NO_WINDOWS;
  private readonly listeners = new Set<() => Promise<void>>();

  constructor(
    /** The windows as they are stored, for engines. */
    readonly stored: MaintenanceCollection,
    private readonly clock: SharedClock,
  ) {}

  /** @returns all windows, the oldest first */
  async list(): Promise<MaintenanceDocument[]> {
    const [windows, now] = await Promise.all([this.stored.list(), this.clock.latest()]);
    this.listed = new Calendar(windows, this.listed);
    const spans = await this.listed.timesAfter(now);
    return windows.map((window, at) => presented(window, spans[at]));
  }

  /** @throws CanopsisError 404 `maintenance not found` */
  async get(id: string): Promise<MaintenanceDocument> {
    const [window, now] = await Promise.all([this.stored.find(id), this.clock.latest()]);
    if (window === undefined) throw maintenanceNotFound(id);
    return presented(window, new WindowTimes(window).endingAfter(now));
  }

  /** @throws CanopsisError 400 `invalid maintenance payload.` where it would not end, or there are too many */
  async create(window: Maintenance): Promise<DoneAnswer> {
    checkThatItEnds(window, await this.clock.latest());
    if ((await this.stored.count()) >= MOST_WINDOWS) {
      throw invalidPayload('maintenance', `there are ${MOST_WINDOWS} windows already: remove one first`);
    }
    const _id = randomUUID();
    const seconds = this.seconds();
    await this.stored.insert({ _id, ...window, created: seconds, updated: seconds });
    return this.announced('created', _id);
  }

  /**
   * Replaces all of a window but its id and the time of its creation.
   * @throws CanopsisError 404 `maintenance not found`, 400 `invalid maintenance payload.` where it would not end
   */
  async replace(id: string, window: Maintenance): Promise<DoneAnswer> {
    checkThatItEnds(window, await this.clock.latest());
    if (!(await this.stored.replace(id, { ...window, updated: this.seconds() })))
      throw maintenanceNotFound(id);
    return this.announced('updated', id);
  }

  /** @throws CanopsisError 404 `maintenance not found` */
  async remove(id: string): Promise<DoneAnswer> {
    if (!(await this.stored.remove(id))) throw maintenanceNotFound(id);
    return this.announced('removed', id);
  }

  /** Calls the listener at each change, before the client is answered; the returned function ends that. */
  listen(listener: () => Promise<void>): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What a listener takes too long for it does all the same, and what it fails at it finds by itself: the change is made. */
  private async announced(deed: 'created' | 'updated' | 'removed', id: string): Promise<DoneAnswer> {
    const told = Promise.all([...this.listeners].map((listener) => listener()));
    await withTimeout(TIMEOUT_MS, told).catch((error: unknown) =>
      this.logger.debug(`maintenance ${deed}, not yet noticed: ${errorText(error)}`),
    );
    return done(deed, id, 'maintenance');
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1_000);
  }
}

function presented(window: StoredMaintenance, span: Span | undefined): MaintenanceDocument {
  return { ...window, next: span === undefined ? null : { from: span.from / 1_000, to: span.to / 1_000 } };
}

/** @throws CanopsisError 400 where a window never comes by its zone's clock, or would hold again before it is over, and so for ever */
function checkThatItEnds(window: Maintenance, now: number): void {
  if (!('cron' in window)) return;
  const times = new WindowTimes(window);
  let span = times.endingAfter(now);
  if (span === undefined) {
    throw invalidPayload('maintenance', 'cron must have a time that comes in its zone, within 11 years');
  }
  for (let looked = 0; looked < LOOKED_AT && span !== undefined; looked += 1) {
    const next = times.endingAfter(span.to);
    if (next !== undefined && next.from <= span.to) {
      throw invalidPayload(
        'maintenance',
        'duration must be shorter than the time from one beginning to the next',
      );
    }
    span = next;
  }
}
