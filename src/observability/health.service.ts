import { Inject, Injectable, Optional } from '@nestjs/common';
import { DatabaseConnection } from '../database/database-connection';
import { Engine } from '../engine/engine';
import type { EngineWork } from '../engine/engine-work';
import { EVENT_TRANSPORT, type BrokerConnection } from '../events/event-transport';
import { BlindnessStatus } from '../states/blindness-status';
import { HeartbeatPreparation } from '../heartbeat/heartbeat-preparation';

/** All is well; heartbeats are served, but events do not come, or not all of them; they cannot be served; the process is about to end. */
export type Readiness = 'ok' | 'degraded' | 'away' | 'shutting down';

/** What a health check answers when heartbeats can be served; it tells no more than that. */
export interface HealthAnswer {
  /**
   * `degraded`: the API goes on, but the broker that is configured is away, events do not come the whole way to an engine, or the
   * engine of this process fails at its work.
   */
  status: 'ok' | 'degraded';
}

/** Knows whether heartbeats can be served now. */
@Injectable()
export class HealthService {
  private shuttingDown = false;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly preparation: HeartbeatPreparation,
    @Inject(EVENT_TRANSPORT) private readonly events: BrokerConnection,
    private readonly blindness: BlindnessStatus,
    /** Absent where this process has none. */
    @Optional() @Inject(Engine) private readonly engine?: EngineWork,
  ) {}

  /**
   * Whether the database answers and the indexes exist, and whether the broker, where there is one, is connected, the engine of
   * this process, where there is one, does its work, and events are known to come the whole way to an engine. Without that the API
   * goes on, so that alone is no reason to take it out of service; why it is so, the log says.
   * Never throws.
   */
  async readiness(): Promise<Readiness> {
    if (this.shuttingDown) return 'shutting down';
    const served = (await this.database.isAlive()) && (await this.preparation.isReady());
    if (!served) return 'away';
    if (this.events.status === 'down' || this.engine?.isFailing) return 'degraded';
    return (await this.blindness.isPathBroken().catch(() => true)) ? 'degraded' : 'ok';
  }

  /** From now on the process is not ready: it takes no new work, and its socket closes soon. */
  beginShutdown(): void {
    this.shuttingDown = true;
  }
}
