import { Logger } from '@nestjs/common';
import { withTimeout } from '../../util/timeout';
import { deliver } from '../delivery';
import { type CanopsisEvent, isEngineAlarm } from '../event';
import {
  DEFAULT_PREFETCH,
  type EventHandler,
  type EventTransport,
  PUBLISH_LIMIT_MS,
  type PublishOptions,
} from '../event-transport';
import { ConsumerLiveness } from '../consumer-liveness';

interface Waiting {
  readonly event: CanopsisEvent;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Events without a broker: what the API of this process takes is handed to the engine of this process, in order. While
 * no engine consumes, `publish` waits for one as long as its limit allows.
 */
export class InProcessTransport implements EventTransport {
  readonly status = 'none';
  private readonly logger = new Logger(InProcessTransport.name);
  private readonly heard = new ConsumerLiveness();
  /** Everything published and neither stored nor given up. */
  private readonly pending = new Set<Waiting>();
  /** Those of them that the engine does not have yet, first come first. */
  private readonly queue = new Set<Waiting>();
  private handler: EventHandler | undefined;
  private unacknowledged = 0;
  private delivering = false;
  private closed = false;

  /** @param prefetch how many deliveries may be unacknowledged at once. */
  constructor(private readonly prefetch: number = DEFAULT_PREFETCH) {}

  get hearing(): boolean {
    return this.heard.now;
  }

  consume(handler: EventHandler): Promise<void> {
    if (this.handler !== undefined) return Promise.reject(new Error('there is a consumer already'));
    this.handler = handler;
    this.heard.set(true);
    this.deliverWaiting();
    return Promise.resolve();
  }

  stopConsuming(): Promise<void> {
    this.handler = undefined;
    this.heard.set(false);
    return Promise.resolve();
  }

  async publish(event: CanopsisEvent, { limitMs = PUBLISH_LIMIT_MS }: PublishOptions = {}): Promise<void> {
    if (this.closed) throw new Error('the event transport is closed');
    if (isEngineAlarm(event)) return;
    let waiting!: Waiting;
    const stored = new Promise<void>((resolve, reject) => (waiting = { event, resolve, reject }));
    this.pending.add(waiting);
    this.queue.add(waiting);
    this.deliverWaiting();
    try {
      await withTimeout(limitMs, stored);
    } finally {
      this.pending.delete(waiting);
      this.queue.delete(waiting);
    }
  }

  backlog(): Promise<number> {
    return Promise.resolve(0);
  }

  onHearingChange(listener: (hearing: boolean) => void): () => void {
    return this.heard.onChange(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.stopConsuming();
    for (const waiting of this.pending) waiting.reject(new Error('the event transport is closed'));
  }

  private deliverWaiting(): void {
    // What is acknowledged at once comes here again: the loop that is under way goes on with what waits.
    if (this.delivering) return;
    this.delivering = true;
    try {
      this.deliverQueued();
    } finally {
      this.delivering = false;
    }
  }

  private deliverQueued(): void {
    for (const waiting of this.queue) {
      if (this.handler === undefined || this.unacknowledged >= this.prefetch) return;
      this.queue.delete(waiting);
      this.unacknowledged += 1;
      deliver(waiting.event, this.handler, {
        awaited: true,
        ack: () => this.settle(() => waiting.resolve()),
        requeue: () => this.settle(() => this.pending.has(waiting) && this.queue.add(waiting)),
        failed: (error) => this.logger.error('The engine threw on an event; it will get it again', error),
      });
    }
  }

  private settle(how: () => void): void {
    this.unacknowledged -= 1;
    how();
    this.deliverWaiting();
  }
}
