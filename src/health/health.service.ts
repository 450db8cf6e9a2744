import { Injectable } from '@nestjs/common';
import { DatabaseConnection } from '../database/database-connection';
import { HeartbeatCollection } from '../heartbeat/heartbeat-collection';

/** Knows whether heartbeats can be served now. */
@Injectable()
export class HealthService {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly heartbeats: HeartbeatCollection,
  ) {}

  /** Whether the database answers and the indexes exist. Never throws. */
  async isReady(): Promise<boolean> {
    return (await this.database.isAlive()) && (await this.heartbeats.isReady());
  }
}
