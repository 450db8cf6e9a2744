import { setTimeout as delay } from 'node:timers/promises';
import type { BrokerClient } from './broker-client';

/** Publishes events again and again, as a monitored world does, until it is stopped. */
export class Pump {
  private stopping = false;
  private readonly running: Promise<void>;

  /** @param events what to publish this time; asked several times a second */
  constructor(
    private readonly client: BrokerClient,
    private readonly events: () => readonly object[],
  ) {
    this.running = this.run();
    // Without this a failure would be unhandled until somebody stops it; `stop` still rejects.
    this.running.catch(() => undefined);
  }

  /** Resolves when everything is published. Rejects where publishing failed. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      await this.client.publish(this.events());
      await delay(200);
    }
  }
}
