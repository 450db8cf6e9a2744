import { Inject, Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { setTimeout as delay } from 'node:timers/promises';
import { connectOptions } from './connect-options';
import { Throttle } from '../util/throttle';
import { withTimeout } from '../util/timeout';
import { databaseProblem } from './database-problem';

/** Injection token of the connection string. */
export const DATABASE_URI = Symbol('DATABASE_URI');

const RETRY_MS = 1_000;
/** While there is no database yet, or it is lost again and again, it is said this often, in milliseconds. */
const LOG_EVERY_MS = 60_000;
const PING_TIMEOUT_MS = 1_000;
/** A ping that succeeded this recently counts as now. */
const FRESH_MS = 2_000;

/**
 * Keeps the application connected. The driver itself reconnects once it has been connected; until then this tries
 * again every second, for as long as the application runs.
 */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DatabaseConnection.name);
  private readonly stopping = new AbortController();
  private readonly throttle = new Throttle(LOG_EVERY_MS, LOG_EVERY_MS);
  private readonly losses = new Throttle(LOG_EVERY_MS, LOG_EVERY_MS);
  private connected = false;
  /** Whether the log says that it is. */
  private toldConnected = false;
  private lastPing = Number.NEGATIVE_INFINITY;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(DATABASE_URI) private readonly uri: string,
  ) {
    connection.on('disconnected', () => {
      // A try that failed says it too.
      if (this.connected && !this.stopping.signal.aborted) this.tellLost();
      this.connected = false;
    });
    connection.on('connected', () => {
      this.connected = true;
      if (!this.toldConnected) this.logger.log('database connected');
      this.toldConnected = true;
    });
  }

  /** Starts to connect; does not wait for it. */
  onApplicationBootstrap(): void {
    void this.connect();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Whether the database answered a real ping within the last seconds. Never throws. */
  async isAlive(): Promise<boolean> {
    if (performance.now() - this.lastPing < FRESH_MS) return true;
    try {
      if (!this.connection.db) return false;
      await withTimeout(PING_TIMEOUT_MS, this.connection.db.command({ ping: 1 }));
      this.lastPing = performance.now();
      return true;
    } catch {
      return false;
    }
  }

  /** Rarely, for a connection that comes and goes; what cannot be done meanwhile says so itself. */
  private tellLost(): void {
    this.losses.run('database connection lost', (text) => {
      this.toldConnected = false;
      this.logger.warn(text);
    });
  }

  private async connect(): Promise<void> {
    let opening: Promise<unknown> = this.connection.asPromise();
    for (;;) {
      try {
        await opening;
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.throttle.run(databaseProblem(error), (text) => this.logger.warn(`no database yet: ${text}`));
      }
      await delay(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      opening = this.connection.openUri(this.uri, connectOptions(this.uri));
    }
  }
}
