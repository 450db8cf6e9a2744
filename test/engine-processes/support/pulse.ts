import { connect, type ChannelModel } from 'amqplib';
import type { Watched } from './installation';

const EVERY_MS = 500;

/** A sender that lives: an event of each heartbeat every half second, whatever becomes of it. */
export class Pulse {
  private connection: ChannelModel | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly began: Promise<void>;

  constructor(url: string, all: readonly Watched[]) {
    this.began = this.begin(url, all);
  }

  private async begin(url: string, all: readonly Watched[]): Promise<void> {
    this.connection = await connect(url);
    this.connection.on('error', () => undefined);
    let channel = await this.connection.createChannel();
    const send = async (): Promise<void> => {
      try {
        for (const { event } of all) {
          channel.publish(
            'canopsis.events',
            'c1.n1.check.component.host',
            Buffer.from(JSON.stringify(event)),
          );
        }
      } catch {
        // Its channel was closed, since there was no exchange.
        channel = await (this.connection as ChannelModel).createChannel();
        channel.on('error', () => undefined);
      }
    };
    channel.on('error', () => undefined);
    this.timer = setInterval(() => void send().catch(() => undefined), EVERY_MS);
  }

  async stop(): Promise<void> {
    await this.began;
    clearInterval(this.timer);
    await this.connection?.close().catch(() => undefined);
    this.connection = undefined;
  }
}
