import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { HeartbeatChanges } from '../../heartbeat/heartbeat-changes';
import { CLOCK, Clock } from '../../time/clock';
import { StateStore } from './state-store';

/**
 * Marks the state of a heartbeat that this process's API removed, before the client is answered, so that any engine
 * resolves its alarm: nothing is left in the collection of heartbeats that would tell.
 */
@Injectable()
export class RemovalRecorder implements OnApplicationShutdown {
  private readonly stop: () => void;

  constructor(changes: HeartbeatChanges, store: StateStore, @Inject(CLOCK) clock: Clock) {
    this.stop = changes.listen(async ({ id, kind }) => {
      if (kind === 'removed') await store.markRemoved(id, clock.now());
    });
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
