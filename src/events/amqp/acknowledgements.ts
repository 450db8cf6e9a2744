import type { Channel, Message } from 'amqplib';

/** All that settling a message takes: its content, which may be long, is not kept until then. */
export interface Delivered {
  readonly fields: { readonly deliveryTag: number };
}

/** Of what may be unacknowledged, so much may wait for something older to be settled. */
const SHARE_HELD = 0.25;

/**
 * Acknowledges the messages of one channel. All up to one of them take a single frame (AMQP 0-9-1, `basic.ack` with
 * `multiple`), where each by itself costs client and broker more than all else that is done for it. So what is settled
 * is held until the end of the turn, and while something older is unsettled; no longer once it is a quarter of the prefetch.
 */
export class Acknowledgements {
  /** Delivery tags that are not settled, the oldest first. */
  private readonly open = new Set<number>();
  private held: Delivered[] = [];
  private scheduled = false;

  /** @param prefetch how many messages the channel may have unacknowledged */
  constructor(
    private readonly channel: Pick<Channel, 'ack' | 'nack'>,
    private readonly prefetch: number,
  ) {}

  /** To be called for each message, in the order in which they come. */
  delivered({ fields }: Delivered): void {
    this.open.add(fields.deliveryTag);
  }

  /** The message has been dealt with. */
  ack(message: Delivered): void {
    this.open.delete(message.fields.deliveryTag);
    this.held.push(message);
    this.schedule();
  }

  /** Gives the message back to the queue. */
  requeue(message: Delivered): void {
    this.open.delete(message.fields.deliveryTag);
    ifOpen(() => this.channel.nack(message as Message, false, true));
    this.schedule();
  }

  /** Tells the broker of all that is held, whatever is still unsettled. */
  flush(): void {
    this.send(0);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.send(this.prefetch * SHARE_HELD);
    });
  }

  /** @param most how many may be held on */
  private send(most: number): void {
    const [oldest = Infinity] = this.open;
    const later: Delivered[] = [];
    let last: Delivered | undefined;
    for (const message of this.held) {
      const { deliveryTag } = message.fields;
      if (deliveryTag > oldest) later.push(message);
      else if (deliveryTag > (last?.fields.deliveryTag ?? 0)) last = message;
    }
    this.held = later.length > most ? [] : later;
    ifOpen(() => {
      if (last !== undefined) this.channel.ack(last as Message, true);
      if (later.length > most) for (const message of later) this.channel.ack(message as Message);
    });
  }
}

/** A channel that has closed meanwhile cannot settle any more: the broker then delivers the message again. */
function ifOpen(how: () => void): void {
  try {
    how();
  } catch {
    return;
  }
}
