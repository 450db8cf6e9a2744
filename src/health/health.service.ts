import { Inject, Injectable } from '@nestjs/common';
import { DatabaseConnection } from '../database/database-connection';
import { EVENT_TRANSPORT, EventTransport } from '../events/event-transport';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';

/** All is well; heartbeats are served, but the broker is away; heartbeats cannot be served. */
export type Readiness = 'ok' | 'degraded' | 'away';

/** What a health check answers when heartbeats can be served; it tells no more than that. */
export interface HealthAnswer {
  /** `degraded`: the API goes on, but the broker that is configured is away. */
  status: 'ok' | 'degraded';
}

/** Knows whether heartbeats can be served now. */
@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly heartbeats: HeartbeatCollection,
    @Inject(EVENT_TRANSPORT) private readonly events: EventTransport,
  ) {}

  /**
   * Whether the database answers and the indexes exist, and whether the broker, where there is one, is connected. Without
   * the broker the API goes on, so that alone is no reason to take it out of service. Never throws.
   */
  async readiness(): Promise<Readiness> {
    const served = (await this.database.isAlive()) && (await this.heartbeats.isReady());
    if (!served) return 'away';
    return this.events.status === 'down' ? 'degraded' : 'ok';
  }
}
