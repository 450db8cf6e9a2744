import { Inject, Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { setTimeout as delay } from 'node:timers/promises';
import { connectOptions } from './connect-options';
import { withTimeout } from '../util/timeout';
import { errorText } from '../util/error-text';

/** Injection token of the connection string. */
export const DATABASE_URI = Symbol('DATABASE_URI');

const RETRY_MS = 1_000;
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
  private lastPing = Number.NEGATIVE_INFINITY;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(DATABASE_URI) private readonly uri: string,
  ) {
    connection.on('disconnected', () => {
      if (!this.stopping.signal.aborted) this.logger.warn('database connection lost');
    });
    connection.on('connected', () => this.logger.log('database connected'));
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

  private async connect(): Promise<void> {
    let opening: Promise<unknown> = this.connection.asPromise();
    for (;;) {
      try {
        await opening;
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.logger.warn(`no database yet: ${errorText(error)}`);
      }
      await delay(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      opening = this.connection.openUri(this.uri, connectOptions(this.uri));
    }
  }
}
