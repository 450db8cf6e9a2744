import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { HeartbeatChanges } from '../../heartbeat/heartbeat-changes';
import { StateStore } from '../state-store';
import { KEPT_ARRIVALS, PART_OF_INTERVAL } from './arrivals';
import type { ObservedHeartbeat } from './event-observer';
import { errorText } from '../../util/error-text';

/** How often arrivals are stored, in milliseconds. */
const STORE_EVERY_MS = 5_000;
/** Arrivals of so many heartbeats are stored each time; those of others are left out, since they are for pictures only. */
const MOST_HEARTBEATS = 2_000;
/** Where more events come in that time there are more important things to do, and only of so many heartbeats they are stored. */
const BUSY_EVENTS = 25_000;
const MOST_WHEN_BUSY = 200;
/** So many are stored by one statement, so that the engine's own writes get in between. */
const SLICE = 200;

/**
 * Keeps when events came, for pictures. It is apart from what the engine stores, loses what cannot be stored, and leaves out
 * what is too much.
 */
@Injectable()
export class ArrivalRecorder implements OnApplicationShutdown {
  private readonly logger = new Logger(ArrivalRecorder.name);
  /** How many events came since there is something to be stored. */
  private events = 0;
  /** What is to be stored, in seconds. */
  private pending = new Map<string, number[]>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly stopListening: () => void;

  constructor(
    private readonly store: StateStore,
    changes: HeartbeatChanges,
  ) {
    this.stopListening = changes.listen(async ({ id, kind }) => {
      if (kind !== 'removed') return;
      this.pending.delete(id);
      await this.store.removeArrivals(id);
    });
  }

  /** @param at milliseconds since the epoch */
  note(heartbeat: ObservedHeartbeat, at: number): void {
    this.events += 1;
    if (Math.abs(at - heartbeat.keptAt) < heartbeat.intervalMs * PART_OF_INTERVAL) return;
    let times = this.pending.get(heartbeat.id);
    if (times === undefined) {
      if (this.pending.size >= MOST_HEARTBEATS) return;
      this.pending.set(heartbeat.id, (times = []));
    }
    heartbeat.keptAt = at;
    times.push(at / 1_000);
    if (times.length > KEPT_ARRIVALS) times.shift();
    this.schedule();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.stopListening();
    clearTimeout(this.timer);
  }

  private schedule(): void {
    if (this.timer !== undefined) return;
    this.events = 0;
    this.timer = setTimeout(() => void this.storePending(), STORE_EVERY_MS).unref();
  }

  private async storePending(): Promise<void> {
    const all = [...this.pending];
    const arrivals = this.events > BUSY_EVENTS ? some(all, MOST_WHEN_BUSY) : all;
    this.pending = new Map();
    try {
      for (let from = 0; from < arrivals.length; from += SLICE) {
        await this.store.addArrivals(arrivals.slice(from, from + SLICE), KEPT_ARRIVALS);
      }
    } catch (error) {
      this.logger.debug(`arrivals are not stored: ${errorText(error)}`);
    } finally {
      this.timer = undefined;
      if (this.pending.size > 0 && !this.stopped) this.schedule();
    }
  }
}

/** So many that stand next to each other: others each time, so that nobody's are left out always. */
function some<T>(all: readonly T[], count: number): T[] {
  const start = Math.floor(Math.random() * all.length);
  return [...all.slice(start), ...all.slice(0, start)].slice(0, count);
}
