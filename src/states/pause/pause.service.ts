import { Injectable } from '@nestjs/common';
import { type DoneAnswer, done } from '../../canopsis/answers';
import { heartbeatNotFound, invalidPayload } from '../../canopsis/canopsis-error';
import { type Pause, isPausedAt, pauseOf } from '../../domain/pause';
import { HeartbeatChanges } from '../../heartbeat/heartbeat-changes';
import { HeartbeatCollection } from '../../heartbeat/heartbeat-collection';
import { SharedClock } from '../shared-clock';
import { type PauseRequest, pauseIn } from './pause-body';

/**
 * Pauses heartbeats, and ends their pauses (decision 28). It stores the wish with the heartbeat: each engine sees it there, and
 * makes the state agree. Every method throws `DatabaseError` when the database fails.
 */
@Injectable()
export class PauseService {
  constructor(
    private readonly heartbeats: HeartbeatCollection,
    private readonly changes: HeartbeatChanges,
    private readonly clock: SharedClock,
  ) {}

  /**
   * Pauses a heartbeat from now on; a pause that lasts is replaced.
   * @throws CanopsisError 400 `invalid pause payload.`, also where its end has passed, 404 `heartbeat not found`
   */
  async pause(id: string, request: PauseRequest): Promise<DoneAnswer> {
    const pause = pauseIn(request);
    refuseOtherThanText(id);
    if (!isPausedAt(pause, await this.clock.latest()))
      throw invalidPayload('pause', 'until must be in the future');
    await this.store(id, pause);
    return done('paused', id);
  }

  /**
   * Ends the pause of a heartbeat, where one lasts: that it was, and until now, stays stored, for engines that did not hear of it.
   * @throws CanopsisError 404 `heartbeat not found`
   */
  async resume(id: string): Promise<DoneAnswer> {
    refuseOtherThanText(id);
    const now = await this.clock.latest();
    const heartbeat = await this.heartbeats.find(id);
    if (heartbeat === undefined) throw heartbeatNotFound(id);
    if (isPausedAt(pauseOf(heartbeat.pause), now)) await this.store(id, { until: now / 1_000 });
    return done('resumed', id);
  }

  private async store(id: string, pause: Pause): Promise<void> {
    const updated = Math.floor(this.clock.now() / 1_000);
    if (!(await this.heartbeats.setPause(id, pause, updated))) throw heartbeatNotFound(id);
    await this.changes.announce({ kind: 'updated', id });
  }
}

/** Code may give anything, and the database would take an object for a question. */
function refuseOtherThanText(id: unknown): void {
  if (typeof id !== 'string') throw heartbeatNotFound(String(id));
}
