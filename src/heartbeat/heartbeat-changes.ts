import { Injectable, Logger } from '@nestjs/common';
import type { StoredHeartbeat } from './heartbeat.schema';
import { withTimeout } from '../util/timeout';
import { errorText } from '../util/error-text';

/**
 * How long an answer waits for those who listen, in milliseconds. An event that comes after the answer belongs to the heartbeat,
 * so a disk that stalls must not end the wait; a database that is lost does, by the driver's own limits.
 */
const TIMEOUT_MS = 5_000;

/** A heartbeat that was just stored or removed. */
export interface HeartbeatChange {
  readonly id: string;
  readonly kind: 'created' | 'updated' | 'removed';
  /** What was stored, where it was created: nobody needs to read it again. */
  readonly heartbeat?: StoredHeartbeat;
}

export type ChangeListener = (change: HeartbeatChange) => Promise<void>;

/**
 * Tells whoever listens of each change that was made through this process's API, before the client is answered. What a
 * listener misses or takes too long for, it must find in the collection by itself: the change is made, and the answer
 * says so.
 */
@Injectable()
export class HeartbeatChanges {
  private readonly logger = new Logger(HeartbeatChanges.name);
  private readonly listeners = new Set<ChangeListener>();

  /** Calls the listener at each change; the returned function ends that. */
  listen(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Tells the listeners one after another, in the order in which they came. Resolves when all have dealt with the change, or
   * after 5 s. Never rejects.
   */
  async announce(change: HeartbeatChange): Promise<void> {
    await this.trying(change, withTimeout(TIMEOUT_MS, this.tellAll(change)));
  }

  /** Tells them of several at once. Never rejects. */
  async announceAll(changes: readonly HeartbeatChange[]): Promise<void> {
    await Promise.all(changes.map((change) => this.announce(change)));
  }

  private async tellAll(change: HeartbeatChange): Promise<void> {
    for (const listener of [...this.listeners]) await this.trying(change, listener(change));
  }

  private async trying({ kind }: HeartbeatChange, work: Promise<void>): Promise<void> {
    await work.catch((error: unknown) =>
      this.logger.debug(`heartbeat ${kind}, not yet noticed: ${errorText(error)}`),
    );
  }
}
