import { Injectable } from '@nestjs/common';
import type { CanopsisEvent } from '../../events/event';
import { ArrivalRecorder } from '../history/arrival-recorder';
import type { EventObserver, ObservedHeartbeat } from '../history/event-observer';
import { RecentEvents } from './recent-events';
import { UnmatchedSources } from './unmatched-sources';

/** Remembers what an engine of this process was sent lately, in memory, and keeps when it came. */
@Injectable()
export class EventMemory implements EventObserver {
  readonly recent = new RecentEvents();
  readonly unmatched = new UnmatchedSources();

  constructor(private readonly arrivals: ArrivalRecorder) {}

  seen(event: CanopsisEvent, heartbeats: readonly ObservedHeartbeat[], at: number): void {
    for (const heartbeat of heartbeats) this.arrivals.note(heartbeat, at);
    if (heartbeats.length === 0) this.unmatched.note(event, at);
    try {
      this.recent.note(event, at);
    } catch {
      // A host may hand over what is no JSON, a BigInt for example. The engine takes it, people cannot be shown it.
    }
  }
}
