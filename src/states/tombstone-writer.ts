import { Injectable, OnApplicationShutdown } from '@nestjs/common';
import { HeartbeatChanges } from '../heartbeat/heartbeat-changes';
import { SharedClock } from './shared-clock';
import { StateStore } from './state-store';

/**
 * Marks the state of a heartbeat that this process's API removed, before the client is answered, so that any engine
 * resolves its alarm: nothing is left in the collection of heartbeats that would tell.
 *
 * It listens as soon as it is made, and so is told before this process's engine: what that one has deleted already would
 * get a mark that stays for a minute.
 */
@Injectable()
export class TombstoneWriter implements OnApplicationShutdown {
  private readonly stop: () => void;

  constructor(changes: HeartbeatChanges, store: StateStore, clock: SharedClock) {
    this.stop = changes.listen(async ({ id, kind }) => {
      if (kind === 'removed') await store.markRemoved(id, clock.now());
    });
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
