import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { BulkFinisher } from './bulk-finisher';
import { BulkJournal, type JournalEntry } from './bulk-journal';

/** How often it is looked for bulks that nobody works on any more, in milliseconds. */
const EVERY_MS = 1_000;
/** A bulk that has stood still for so long while we looked is abandoned. Longer than any operation of it may take. */
const ABANDONED_MS = 5_000;

/** When this process saw a bulk move last, by its own monotonic clock: no two clocks are compared. */
interface Sighting {
  readonly beat: number;
  readonly state: JournalEntry['state'];
  readonly sinceMs: number;
}

/** Completes the bulks that were committed, and undoes those that were not, of processes that died, or lost their database. */
@Injectable()
export class BulkRecovery implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(BulkRecovery.name);
  private sightings = new Map<string, Sighting>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly journal: BulkJournal,
    private readonly finisher: BulkFinisher,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => (this.looking = undefined));
    }, EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Never rejects: it is done again. */
  private async look(): Promise<void> {
    try {
      for (const entry of this.abandoned(await this.journal.all())) {
        this.logger.warn(`a bulk of another process, or an earlier one, is ${entry.state}: it is ended`);
        await (entry.state === 'committed' ? this.finisher.finish(entry) : this.finisher.undo(entry));
      }
    } catch {
      // A database that is away, or stood still, may still do what it was told before.
      this.sightings.clear();
    }
  }

  private abandoned(entries: readonly JournalEntry[]): JournalEntry[] {
    const now = performance.now();
    const before = this.sightings;
    this.sightings = new Map(
      entries.map(({ _id, beat, state }) => {
        const seen = before.get(_id);
        return [_id, seen?.beat === beat && seen.state === state ? seen : { beat, state, sinceMs: now }];
      }),
    );
    return entries.filter(({ _id }) => now - (this.sightings.get(_id)?.sinceMs ?? now) >= ABANDONED_MS);
  }
}
