import type { Logger } from '@nestjs/common';
import type { QueueFigures } from '../event-path';

/** How often it looks, in milliseconds. */
const LOOK_EVERY_MS = 3_000;
/** So many looks in sequence must find nobody: an engine that starts anew is not away. */
const LOOKS = 2;

/** What an {@link UnreadQueueWatch} works with. */
export interface UnreadQueueWatchOptions {
  readonly queue: string;
  readonly logger: Pick<Logger, 'log' | 'warn'>;
  /** Asks the broker; rejects where it does not answer. */
  readonly look: () => Promise<QueueFigures>;
}

/**
 * Says once when nobody consumes the queue: it is durable and bound to every event, so that it grows until somebody does, or the
 * broker has no memory left. For a process without an engine: one that has it says itself why it does not consume.
 */
export class UnreadQueueWatch {
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private found = 0;

  constructor(private readonly options: UnreadQueueWatchOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.lookOnce(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** One look; public for its own check. Never rejects. */
  async lookOnce(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      this.judge(await this.options.look());
    } catch {
      // The broker is away, which is said elsewhere.
    } finally {
      this.looking = false;
    }
  }

  private judge({ waiting, consumers }: QueueFigures): void {
    if (consumers > 0) return this.isRead();
    this.found += 1;
    if (this.found !== LOOKS) return;
    const { logger, queue } = this.options;
    logger.warn(
      `nobody consumes the queue ${queue}, in which ${waiting} messages wait, and every event of the exchange is added: ` +
        'start an engine (ROLE=engine or all), or, where the product is taken out of service, stop it and delete the queue',
    );
  }

  private isRead(): void {
    const { logger, queue } = this.options;
    if (this.found >= LOOKS) logger.log(`the queue ${queue} is consumed again`);
    this.found = 0;
  }
}
